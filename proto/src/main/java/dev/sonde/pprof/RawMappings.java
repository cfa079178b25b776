package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;

/** Message Mapping, repeated. */
final class RawMappings {
    /** The columns here and in the profile, and the id. */
    private static final int ENTRY_BYTES = 108;

    private static final int COLUMNS = 6;

    private final ReadBudget budget;
    private final IdIndex ids;
    /** memory_start, memory_limit, file_offset, filename, build_id, has_functions of each. */
    private final LongArrayList fields = new LongArrayList();

    RawMappings(int max, ReadBudget budget) {
        this.budget = budget;
        this.ids = new IdIndex("mapping", max);
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

    Profile.Mappings resolve(RawProfile raw) throws PprofException {
        int count = ids.size();
        long[] start = new long[count];
        long[] limit = new long[count];
        long[] offset = new long[count];
        String[] file = new String[count];
        String[] buildId = new String[count];
        boolean[] hasFunctions = new boolean[count];
        for (int i = 0; i < count; i++) {
            int base = i * COLUMNS;
            start[i] = fields.getLong(base);
            limit[i] = fields.getLong(base + 1);
            offset[i] = fields.getLong(base + 2);
            file[i] = raw.string("mapping.filename", fields.getLong(base + 3));
            buildId[i] = raw.string("mapping.build_id", fields.getLong(base + 4));
            hasFunctions[i] = fields.getLong(base + 5) != 0;
        }
        return new Profile.Mappings(count, start, limit, offset, file, buildId, hasFunctions);
    }
}
