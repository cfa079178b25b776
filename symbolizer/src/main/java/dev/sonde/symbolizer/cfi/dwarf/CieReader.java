package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Reads CIEs, and keeps those last read: most files share one among thousands of FDEs. */
final class CieReader {

    /** Files linked by lld have one a compilation unit at most; past it the kept ones are forgotten. */
    private static final int MAX_KEPT = 1024;

    /** "zPLR" and its kin; longer ones are not known. */
    private static final int MAX_AUGMENTATION = 8;

    private final FrameSection section;
    private final CfaProgram program;
    private final CfiCursor cursor = new CfiCursor();
    private final Map<Long, Cie> kept = new HashMap<>();

    CieReader(FrameSection section, CfaProgram program) {
        this.section = section;
        this.program = program;
    }

    Cie at(long offset) throws IOException, CfiFault {
        Cie known = kept.get(offset);
        if (known != null) {
            return known;
        }
        FrameEntry entry = section.head(offset);
        if (!entry.isCie()) {
            throw new CfiFault(FrameProblem.BAD_CIE);
        }
        section.load(entry, cursor);
        Cie cie = parse();
        if (kept.size() == MAX_KEPT) {
            kept.clear();
        }
        kept.put(offset, cie);
        return cie;
    }

    private Cie parse() throws CfiFault, IOException {
        int version = cursor.u8();
        if (version != 1 && version != 3 && version != 4) {
            throw new CfiFault(FrameProblem.BAD_CIE);
        }
        String augmentation = augmentation();
        if (augmentation.startsWith("eh")) {
            // GCC 2.x: a pointer that nobody reads any more.
            cursor.skip(8);
        }
        if (version == 4 && (cursor.u8() != 8 || cursor.u8() != 0)) {
            throw new CfiFault(FrameProblem.BAD_CIE);
        }
        long codeAlignment = cursor.uleb();
        long dataAlignment = cursor.sleb();
        long returnRegister = version == 1 ? cursor.u8() : cursor.uleb();
        int encoding = 0;
        boolean hasData = augmentation.startsWith("z");
        if (hasData) {
            encoding = pointerEncoding(augmentation);
        } else if (!augmentation.isEmpty() && !augmentation.equals("eh")) {
            throw new CfiFault(FrameProblem.UNKNOWN_AUGMENTATION);
        }
        Cie bare = new Cie(
                codeAlignment,
                dataAlignment,
                returnRegister,
                encoding,
                hasData,
                augmentation.indexOf('S') > 0,
                new FrameState());
        program.runInitial(cursor, bare);
        return bare;
    }

    private String augmentation() throws CfiFault {
        StringBuilder text = new StringBuilder();
        for (int c = cursor.u8(); c != 0; c = cursor.u8()) {
            if (text.length() == MAX_AUGMENTATION) {
                throw new CfiFault(FrameProblem.UNKNOWN_AUGMENTATION);
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** Reads the augmentation data and returns the encoding of the FDEs' addresses. */
    private int pointerEncoding(String augmentation) throws CfiFault {
        long length = cursor.uleb();
        int start = cursor.position();
        cursor.skip(length);
        int end = cursor.position();
        cursor.moveTo(start);
        int encoding = 0;
        for (int i = 1; i < augmentation.length(); i++) {
            switch (augmentation.charAt(i)) {
                case 'R' -> encoding = cursor.u8();
                case 'P' -> cursor.value(cursor.u8());
                case 'L' -> cursor.u8();
                case 'S' -> {}
                default -> throw new CfiFault(FrameProblem.UNKNOWN_AUGMENTATION);
            }
        }
        if (cursor.position() > end) {
            throw new CfiFault(FrameProblem.TRUNCATED_ENTRY);
        }
        cursor.moveTo(end);
        return encoding;
    }
}
