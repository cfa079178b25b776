package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.util.Optional;

/** Who makes and keeps the tables of files. */
public interface TableKeeper {

    /** Makes the table of a file where that is not there; it stays unknown when the file cannot be read. */
    void want(MappedCode code);

    /** Whether it is known what table a file has. */
    boolean knows(FileId file);

    /** The table of a known file, to be read before anything else is wanted; empty when it has none. */
    Optional<UnwindTableImage> table(FileId file);
}
