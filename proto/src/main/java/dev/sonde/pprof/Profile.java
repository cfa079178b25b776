package dev.sonde.pprof;

import dev.sonde.model.ValueType;
import java.util.List;

/**
 * One pprof profile as columns. Samples, locations, mappings and functions are named by dense indexes from 0, whatever
 * ids the file had; where there is none, the index is {@link #NONE}. The arrays are not copied: who holds a profile must
 * not write to them.
 *
 * @param header what holds for the whole profile
 * @param mappings the files that code was mapped from
 * @param functions the functions that lines point at
 * @param locations addresses and their lines
 * @param samples stacks, values and labels
 */
public record Profile(Header header, Mappings mappings, Functions functions, Locations locations, Samples samples) {

    /** The index that stands for nothing. */
    public static final int NONE = -1;

    /**
     * What holds for the whole profile.
     *
     * @param sampleTypes what each of a sample's values counts
     * @param defaultSampleType index of the value to show first; the last one where the file does not say
     * @param periodType what was counted to trigger a sample; empty strings where the file does not say
     * @param period events between samples, in the unit of the period type
     * @param timeNanos start, Unix nanoseconds; 0 where the file does not say
     * @param durationNanos length; 0 where the file does not say
     * @param comments free text
     */
    public record Header(
            List<ValueType> sampleTypes,
            int defaultSampleType,
            ValueType periodType,
            long period,
            long timeNanos,
            long durationNanos,
            List<String> comments) {
        public Header {
            sampleTypes = List.copyOf(sampleTypes);
            comments = List.copyOf(comments);
        }
    }

    /** Files mapped into memory: one entry an index. */
    public record Mappings(
            int count,
            long[] start,
            long[] limit,
            long[] offset,
            String[] file,
            String[] buildId,
            boolean[] hasFunctions) {}

    /** Functions: one entry an index. Strings are never null. */
    public record Functions(int count, String[] name, String[] systemName, String[] file, int[] startLine) {}

    /**
     * Locations. The lines of location {@code i} are {@code lineFunction[lineStart[i] .. lineStart[i + 1])}, the
     * innermost inlined call first, as pprof has it.
     *
     * @param lineStart {@code count + 1} entries
     */
    public record Locations(
            int count, int[] mapping, long[] address, int[] lineStart, int[] lineFunction, int[] lineNumber) {}

    /**
     * Samples. The stack of sample {@code i} is {@code location[stackStart[i] .. stackStart[i + 1])}, the leaf first; its
     * values are {@code value[i * valueCount .. (i + 1) * valueCount)}, its labels
     * {@code labelKey[labelStart[i] .. labelStart[i + 1])} and the columns beside it.
     *
     * @param valueCount values a sample
     * @param stackStart {@code count + 1} entries
     * @param labelStart {@code count + 1} entries
     * @param labelText the label's string, or null for a number
     * @param labelNumber the label's number, where it has no string
     * @param labelUnit the number's unit, empty where there is none
     */
    public record Samples(
            int count,
            int valueCount,
            int[] stackStart,
            int[] location,
            long[] value,
            int[] labelStart,
            String[] labelKey,
            String[] labelText,
            long[] labelNumber,
            String[] labelUnit) {

        /** How many locations the sample's stack has. */
        public int depth(int sample) {
            return stackStart[sample + 1] - stackStart[sample];
        }

        /** One of the sample's values. */
        public long value(int sample, int type) {
            return value[sample * valueCount + type];
        }
    }

    /** The sum of one value over all samples. */
    public long total(int type) {
        long sum = 0;
        for (int i = 0; i < samples.count(); i++) {
            sum += samples.value(i, type);
        }
        return sum;
    }
}
