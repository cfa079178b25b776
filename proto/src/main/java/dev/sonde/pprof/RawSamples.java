package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sonde.pprof.PprofException.Reason;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;

/** Messages Sample and Label, repeated. */
final class RawSamples {
    private static final int LABEL_COLUMNS = 4;

    /** Values of one sample; the number must equal that of the sample types, which is smaller. */
    private static final int MAX_VALUES = 64;

    /** A sample's places in the columns of starts, here and in the profile. */
    private static final int SAMPLE_BYTES = 20;

    /** A number as it is read, and its resolved twin. */
    private static final int NUMBER_BYTES = 16;

    /** A label's four numbers, and the columns they become. */
    private static final int LABEL_BYTES = 64;

    private final PprofLimits limits;
    private final ReadBudget budget;
    private final IntArrayList stackStart = new IntArrayList();
    private final IntArrayList valueStart = new IntArrayList();
    private final IntArrayList labelStart = new IntArrayList();
    private final LongArrayList locationId = new LongArrayList();
    private final LongArrayList value = new LongArrayList();
    /** key, str, num, num_unit of each label. */
    private final LongArrayList label = new LongArrayList();

    private final LongArrayList numbers = new LongArrayList();

    RawSamples(PprofLimits limits, ReadBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    void read(CodedInputStream in) throws IOException, PprofException {
        RawProfile.checkCount("sample", stackStart.size(), limits.maxSamples());
        budget.charge(SAMPLE_BYTES);
        stackStart.add(locationId.size());
        valueStart.add(value.size());
        labelStart.add(label.size() / LABEL_COLUMNS);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> append(in, tag, locationId, stackStart, limits.maxDepth());
                case 2 -> append(in, tag, value, valueStart, MAX_VALUES);
                case 3 -> readLabel(in, tag);
                default -> PprofReader.skip(in, tag);
            }
        }
    }

    private void append(CodedInputStream in, int tag, LongArrayList column, IntArrayList starts, int max)
            throws IOException, PprofException {
        int already = column.size() - starts.getInt(starts.size() - 1);
        numbers.clear();
        RawProfile.readNumbers(in, tag, numbers, max - already);
        budget.charge((long) NUMBER_BYTES * numbers.size());
        column.addElements(column.size(), numbers.elements(), 0, numbers.size());
    }

    private void readLabel(CodedInputStream in, int tag) throws IOException, PprofException {
        int labels = label.size() / LABEL_COLUMNS - labelStart.getInt(labelStart.size() - 1);
        RawProfile.checkCount("sample.label", labels, limits.maxSampleLabels());
        budget.charge(LABEL_BYTES);
        int outer = PprofReader.enter(in, tag);
        int base = label.size();
        RawProfile.addZeros(label, LABEL_COLUMNS);
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(inner);
            if (field >= 1 && field <= LABEL_COLUMNS) {
                label.set(base + field - 1, PprofReader.varint(in, inner));
            } else {
                PprofReader.skip(in, inner);
            }
        }
        PprofReader.leave(in, outer);
    }

    Profile.Samples resolve(RawProfile raw, int valueCount, IdIndex locationIds) throws PprofException {
        int count = stackStart.size();
        checkValues(valueCount);
        int[] location = new int[locationId.size()];
        for (int i = 0; i < location.length; i++) {
            location[i] = locationIds.require("sample", locationId.getLong(i));
        }
        int labels = label.size() / LABEL_COLUMNS;
        String[] key = new String[labels];
        String[] text = new String[labels];
        long[] number = new long[labels];
        String[] unit = new String[labels];
        for (int i = 0; i < labels; i++) {
            int base = i * LABEL_COLUMNS;
            key[i] = raw.string("label.key", label.getLong(base));
            if (key[i].isEmpty()) {
                throw new PprofException(Reason.BAD_VALUE, "profile: label.key: '' (expected: a name)");
            }
            long textIndex = label.getLong(base + 1);
            text[i] = textIndex == 0 ? null : raw.string("label.str", textIndex);
            number[i] = label.getLong(base + 2);
            unit[i] = raw.string("label.num_unit", label.getLong(base + 3));
        }
        stackStart.add(location.length);
        labelStart.add(labels);
        return new Profile.Samples(
                count,
                valueCount,
                stackStart.toIntArray(),
                location,
                value.toLongArray(),
                labelStart.toIntArray(),
                key,
                text,
                number,
                unit);
    }

    private void checkValues(int valueCount) throws PprofException {
        for (int i = 0; i < valueStart.size(); i++) {
            int end = i + 1 < valueStart.size() ? valueStart.getInt(i + 1) : value.size();
            int values = end - valueStart.getInt(i);
            if (values != valueCount) {
                throw new PprofException(
                        Reason.BAD_VALUE,
                        "profile: sample " + i + " has " + values + " values (expected: " + valueCount
                                + ", one a sample_type)");
            }
        }
    }
}
