package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;

/** Messages Location and Line, repeated. */
final class RawLocations {

    /** Lines of one location, which are calls inlined into each other: compilers stop at some dozens. */
    private static final int MAX_LINES = 1024;

    /** Lines of all locations together, for each location allowed: a real profile has 1 to 3. */
    private static final int MAX_LINES_PER_LOCATION = 8;

    /** The columns here and in the profile, and the id. */
    private static final int LOCATION_BYTES = 60;

    private static final int LINE_BYTES = 20;

    private final ReadBudget budget;
    private final IdIndex ids;
    private final int maxLines;
    private final LongArrayList mappingId = new LongArrayList();
    private final LongArrayList address = new LongArrayList();
    private final IntArrayList lineStart = new IntArrayList();
    private final LongArrayList lineFunctionId = new LongArrayList();
    private final IntArrayList lineNumber = new IntArrayList();

    RawLocations(int max, ReadBudget budget) {
        this.budget = budget;
        this.ids = new IdIndex("location", max);
        this.maxLines = (int) Math.min(Integer.MAX_VALUE, (long) max * MAX_LINES_PER_LOCATION);
    }

    IdIndex ids() {
        return ids;
    }

    void read(CodedInputStream in) throws IOException, PprofException {
        budget.charge(LOCATION_BYTES);
        long id = 0;
        long mapping = 0;
        long pc = 0;
        lineStart.add(lineNumber.size());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> id = PprofReader.varint(in, tag);
                case 2 -> mapping = PprofReader.varint(in, tag);
                case 3 -> pc = PprofReader.varint(in, tag);
                case 4 -> readLine(in, tag);
                default -> PprofReader.skip(in, tag);
            }
        }
        ids.add(id);
        mappingId.add(mapping);
        address.add(pc);
    }

    private void readLine(CodedInputStream in, int tag) throws IOException, PprofException {
        int lines = lineNumber.size() - lineStart.getInt(lineStart.size() - 1);
        RawProfile.checkCount("location.line", lines, MAX_LINES);
        RawProfile.checkCount("line", lineNumber.size(), maxLines);
        budget.charge(LINE_BYTES);
        int outer = PprofReader.enter(in, tag);
        long function = 0;
        long line = 0;
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> function = PprofReader.varint(in, inner);
                case 2 -> line = PprofReader.varint(in, inner);
                default -> PprofReader.skip(in, inner);
            }
        }
        PprofReader.leave(in, outer);
        lineFunctionId.add(function);
        lineNumber.add(lineNumber(line));
    }

    /** A line number as an int; what no source file can have becomes 0, unknown. */
    static int lineNumber(long line) {
        return line < 0 || line > Integer.MAX_VALUE ? 0 : (int) line;
    }

    Profile.Locations resolve(IdIndex mappingIds, IdIndex functionIds) throws PprofException {
        int count = ids.size();
        int[] mapping = new int[count];
        for (int i = 0; i < count; i++) {
            long id = mappingId.getLong(i);
            mapping[i] = id == 0 ? Profile.NONE : mappingIds.require("location", id);
        }
        int[] function = new int[lineFunctionId.size()];
        for (int i = 0; i < function.length; i++) {
            function[i] = functionIds.require("line", lineFunctionId.getLong(i));
        }
        lineStart.add(function.length);
        return new Profile.Locations(
                count, mapping, address.toLongArray(), lineStart.toIntArray(), function, lineNumber.toIntArray());
    }
}
