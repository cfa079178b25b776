package dev.sonde.agent.quality;

/** One process for good. Set anew for each look-up, so that none allocates; those in tables are copies. */
final class ProcessKey {

    private int pid;
    private long startTicks;

    ProcessKey set(int newPid, long newStartTicks) {
        pid = newPid;
        startTicks = newStartTicks;
        return this;
    }

    ProcessKey copy() {
        return new ProcessKey().set(pid, startTicks);
    }

    int pid() {
        return pid;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessKey that && pid == that.pid && startTicks == that.startTicks;
    }

    @Override
    public int hashCode() {
        return 31 * pid + Long.hashCode(startTicks);
    }
}
