package dev.sonde.pprof;

/**
 * What one profile may cost. The defaults hold a whole machine's minute at 1,000 Hz many times over.
 *
 * @param maxBytes bytes after unpacking
 * @param maxSamples samples
 * @param maxLocations locations; mappings and functions are held to the same number
 * @param maxStrings entries of the string table
 * @param maxDepth locations of one sample
 * @param maxSampleLabels labels of one sample
 */
public record PprofLimits(
        int maxBytes, int maxSamples, int maxLocations, int maxStrings, int maxDepth, int maxSampleLabels) {

    /** 64 MiB unpacked, 1 M samples and locations, 2 M strings, 4,096 frames, 64 labels a sample. */
    public static PprofLimits defaults() {
        return new PprofLimits(64 << 20, 1 << 20, 1 << 20, 2 << 20, 4096, 64);
    }
}
