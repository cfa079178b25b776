package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;

/** Message Function, repeated. */
final class RawFunctions {
    /** The columns here and in the profile, and the id. */
    private static final int ENTRY_BYTES = 64;

    private static final int COLUMNS = 4;

    private final ReadBudget budget;
    private final IdIndex ids;
    /** name, system_name, filename, start_line of each. */
    private final LongArrayList fields = new LongArrayList();

    RawFunctions(int max, ReadBudget budget) {
        this.budget = budget;
        this.ids = new IdIndex("function", max);
    }

    IdIndex ids() {
        return ids;
    }

    void read(CodedInputStream in) throws IOException, PprofException {
        budget.charge(ENTRY_BYTES);
        long id = 0;
        int base = fields.size();
        RawProfile.addZeros(fields, COLUMNS);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == 1) {
                id = PprofReader.varint(in, tag);
            } else if (field >= 2 && field < 2 + COLUMNS) {
                fields.set(base + field - 2, PprofReader.varint(in, tag));
            } else {
                PprofReader.skip(in, tag);
            }
        }
        ids.add(id);
    }

    Profile.Functions resolve(RawProfile raw) throws PprofException {
        int count = ids.size();
        String[] name = new String[count];
        String[] systemName = new String[count];
        String[] file = new String[count];
        int[] startLine = new int[count];
        for (int i = 0; i < count; i++) {
            int base = i * COLUMNS;
            name[i] = raw.string("function.name", fields.getLong(base));
            systemName[i] = raw.string("function.system_name", fields.getLong(base + 1));
            file[i] = raw.string("function.filename", fields.getLong(base + 2));
            startLine[i] = RawLocations.lineNumber(fields.getLong(base + 3));
        }
        return new Profile.Functions(count, name, systemName, file, startLine);
    }
}
