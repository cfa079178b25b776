package dev.sonde.agent.jvm;

import java.nio.file.Path;

/** Another virtual machine than HotSpot: nothing of it is read, only its end is waited for. */
final class ForeignVm implements JvmCare.Patient {

    private static final long LOOK_NANOS = 5_000_000_000L;

    private final Jvm jvm;
    private final Life life;
    private long dueNanos = System.nanoTime();

    ForeignVm(Path proc, Jvm jvm) {
        this.jvm = jvm;
        this.life = new Life(proc, jvm.pid());
        jvm.become(JvmState.FOREIGN, jvm.kind().word() + ": its Java frames are not unwound (expected: HotSpot)");
    }

    @Override
    public long dueNanos() {
        return dueNanos;
    }

    @Override
    public void turn() {
        dueNanos = System.nanoTime() + LOOK_NANOS;
        if (!life.goesOn()) {
            jvm.become(JvmState.ENDED, "");
        }
    }

    @Override
    public void close() {}
}
