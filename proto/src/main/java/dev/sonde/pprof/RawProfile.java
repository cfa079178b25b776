package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofException.Reason;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A profile as its file has it, still with ids and string indexes: fields come in any order, so that nothing can be
 * looked up before the end. {@link #resolve} checks every reference.
 */
final class RawProfile {

    /** Sample types of one profile: Go has four at most, converters some more. */
    private static final int MAX_SAMPLE_TYPES = 64;

    private static final int MAX_COMMENTS = 1024;

    /** Columns may take this many times the bytes of the largest file: a frame is one byte there and twelve here. */
    private static final int MEMORY_PER_FILE_BYTE = 2;

    /** A String, its array and its place in the table. */
    private static final int STRING_BYTES = 56;

    final PprofLimits limits;
    private final ReadBudget budget;
    final RawSamples samples;
    final RawMappings mappings;
    final RawFunctions functions;
    final RawLocations locations;
    final LongArrayList comments = new LongArrayList();
    private final List<String> strings = new ArrayList<>();
    private final LongArrayList sampleTypes = new LongArrayList();
    private long periodTypeName;
    private long periodTypeUnit;
    long timeNanos;
    long durationNanos;
    long period;
    long defaultSampleType;

    RawProfile(PprofLimits limits) {
        this.limits = limits;
        this.budget = new ReadBudget((long) limits.maxBytes() * MEMORY_PER_FILE_BYTE);
        this.samples = new RawSamples(limits, budget);
        this.mappings = new RawMappings(limits.maxLocations(), budget);
        this.functions = new RawFunctions(limits.maxLocations(), budget);
        this.locations = new RawLocations(limits.maxLocations(), budget);
    }

    int maxComments() {
        return MAX_COMMENTS;
    }

    void addString(String text) throws PprofException {
        checkCount("string_table", strings.size(), limits.maxStrings());
        budget.charge(STRING_BYTES + text.length());
        strings.add(text);
    }

    void readSampleType(CodedInputStream in) throws IOException, PprofException {
        checkCount("sample_type", sampleTypes.size() / 2, MAX_SAMPLE_TYPES);
        long[] typeAndUnit = readValueType(in);
        sampleTypes.add(typeAndUnit[0]);
        sampleTypes.add(typeAndUnit[1]);
    }

    void readPeriodType(CodedInputStream in) throws IOException, PprofException {
        long[] typeAndUnit = readValueType(in);
        periodTypeName = typeAndUnit[0];
        periodTypeUnit = typeAndUnit[1];
    }

    private static long[] readValueType(CodedInputStream in) throws IOException, PprofException {
        long[] typeAndUnit = new long[2];
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == 1 || field == 2) {
                typeAndUnit[field - 1] = PprofReader.varint(in, tag);
            } else {
                PprofReader.skip(in, tag);
            }
        }
        return typeAndUnit;
    }

    /** Reads a repeated number, packed or not. */
    static void readNumbers(CodedInputStream in, int tag, LongArrayList out, int max)
            throws IOException, PprofException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            checkCount("field " + WireFormat.getTagFieldNumber(tag), out.size(), max);
            out.add(PprofReader.varint(in, tag));
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            checkCount("field " + WireFormat.getTagFieldNumber(tag), out.size(), max);
            out.add(in.readRawVarint64());
        }
        in.popLimit(outer);
    }

    /** Makes room for an entry's numbers; one by one, for then the list grows by a share, not to the exact size. */
    static void addZeros(LongArrayList column, int count) {
        for (int i = 0; i < count; i++) {
            column.add(0);
        }
    }

    static void checkCount(String what, int count, int max) throws PprofException {
        if (count >= max) {
            throw new PprofException(
                    Reason.TOO_LARGE,
                    "profile: more than " + max + " entries of " + what + " (expected: at most that)");
        }
    }

    Profile resolve() throws PprofException {
        if (strings.isEmpty()) {
            throw new PprofException(
                    Reason.MALFORMED, "profile: string_table is empty (expected: at least the empty string at 0)");
        }
        if (!strings.get(0).isEmpty()) {
            throw new PprofException(
                    Reason.BAD_VALUE,
                    "profile: string_table[0]: '" + abbreviate(strings.get(0)) + "' (expected: the empty string)");
        }
        if (sampleTypes.isEmpty()) {
            throw new PprofException(Reason.MALFORMED, "profile: sample_type is empty (expected: at least one)");
        }
        Profile.Mappings resolvedMappings = mappings.resolve(this);
        Profile.Functions resolvedFunctions = functions.resolve(this);
        Profile.Locations resolvedLocations = locations.resolve(mappings.ids(), functions.ids());
        Profile.Samples resolvedSamples = samples.resolve(this, sampleTypes.size() / 2, locations.ids());
        return new Profile(resolveHeader(), resolvedMappings, resolvedFunctions, resolvedLocations, resolvedSamples);
    }

    private Profile.Header resolveHeader() throws PprofException {
        List<ValueType> types = new ArrayList<>();
        int defaultType = sampleTypes.size() / 2 - 1;
        String wanted = string("default_sample_type", defaultSampleType);
        for (int i = 0; i < sampleTypes.size(); i += 2) {
            ValueType type = new ValueType(
                    string("sample_type.type", sampleTypes.getLong(i)),
                    string("sample_type.unit", sampleTypes.getLong(i + 1)));
            if (!wanted.isEmpty() && type.type().equals(wanted)) {
                defaultType = i / 2;
            }
            types.add(type);
        }
        if (durationNanos < 0 || timeNanos < 0 || period < 0) {
            throw new PprofException(
                    Reason.BAD_VALUE,
                    "profile: time_nanos " + timeNanos + ", duration_nanos " + durationNanos + ", period " + period
                            + " (expected: none negative)");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < comments.size(); i++) {
            texts.add(string("comment", comments.getLong(i)));
        }
        ValueType periodType =
                new ValueType(string("period_type.type", periodTypeName), string("period_type.unit", periodTypeUnit));
        return new Profile.Header(types, defaultType, periodType, period, timeNanos, durationNanos, texts);
    }

    /** The string at an index of the table. */
    String string(String field, long index) throws PprofException {
        if (index < 0 || index >= strings.size()) {
            throw new PprofException(
                    Reason.BAD_REFERENCE,
                    "profile: " + field + ": string " + index + " (expected: 0 to " + (strings.size() - 1) + ")");
        }
        return strings.get((int) index);
    }

    private static String abbreviate(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
