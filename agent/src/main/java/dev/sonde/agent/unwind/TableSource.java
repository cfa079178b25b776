package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.MappedCode;
import java.io.IOException;

/** Makes the unwind tables of files. */
interface TableSource {

    /** Opens a file, so that its table can be made though the process ends before; until {@link #release}. */
    default void hold(MappedCode code) {}

    /** Closes the files that were held. */
    default void release() {}

    /**
     * The table of a file.
     *
     * @throws java.nio.file.NoSuchFileException when the process has ended or has the file mapped there no more
     * @throws IOException when the file cannot be read
     */
    FileTable table(MappedCode code) throws IOException;
}
