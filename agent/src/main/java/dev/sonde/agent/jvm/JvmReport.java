package dev.sonde.agent.jvm;

/**
 * What is known of one JVM, for people.
 *
 * @param pid its process
 * @param kind whose it is, in a word
 * @param version what it calls its version; empty while that is not known
 * @param state how far it is known, in a word
 * @param problem why it is not known; empty when it is
 */
public record JvmReport(int pid, String kind, String version, String state, String problem) {
    static JvmReport of(Jvm jvm) {
        String version = jvm.version().isEmpty() ? jvm.told().java().jvmVersion() : jvm.version();
        return new JvmReport(jvm.pid(), jvm.kind().word(), version, jvm.state().word(), jvm.problem());
    }
}
