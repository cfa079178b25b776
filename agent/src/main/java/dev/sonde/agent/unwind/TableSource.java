package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.MappedCode;
import java.io.IOException;

/** Makes the unwind tables of files. */
interface TableSource {

    /**
     * The table of a file.
     *
     * @throws IOException when the file cannot be read
     */
    FileTable table(MappedCode code) throws IOException;
}
