package dev.sonde.server.symbols;

import java.time.Duration;

/**
 * What symbols may cost.
 *
 * @param maxUploadBytes largest debuginfo taken
 * @param maxDiskBytes all debuginfo on disk; the least recently used goes first
 * @param maxUploads uploads under way at once
 * @param uploadIdle after this long without a byte an upload is given up
 * @param maxNamesBytes all names on disk; those of the build id last added to longest ago go first
 * @param maxNamesInMemory addresses whose names are in memory
 * @param maxTableBytes symbol tables in memory
 */
public record SymbolLimits(
        long maxUploadBytes,
        long maxDiskBytes,
        int maxUploads,
        Duration uploadIdle,
        long maxNamesBytes,
        int maxNamesInMemory,
        long maxTableBytes) {

    /**
     * 512 MiB an upload (a libjvm with everything is 30, a Chromium 300), 16 at once, given up after 5 minutes, 1 GiB of
     * names, a million in memory, tables up to an eighth of the heap.
     */
    public static SymbolLimits defaults(long maxDiskBytes) {
        return new SymbolLimits(
                Math.min(512L << 20, maxDiskBytes),
                maxDiskBytes,
                16,
                Duration.ofMinutes(5),
                1L << 30,
                1 << 20,
                Runtime.getRuntime().maxMemory() / 8);
    }
}
