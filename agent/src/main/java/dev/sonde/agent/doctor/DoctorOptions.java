package dev.sonde.agent.doctor;

import java.net.URI;
import java.nio.file.Path;

/**
 * What to look at.
 *
 * @param server the server's base URL
 * @param serverWanted whether a server that does not answer is a failure
 * @param proc where the process file system is
 */
public record DoctorOptions(URI server, boolean serverWanted, Path proc) {
    /** The usual places. */
    public static DoctorOptions ofThisMachine(URI server, boolean serverWanted) {
        return new DoctorOptions(server, serverWanted, Path.of("/proc"));
    }
}
