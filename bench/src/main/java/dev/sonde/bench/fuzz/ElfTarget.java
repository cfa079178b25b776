package dev.sonde.bench.fuzz;

/** Jazzer's target: a whole file. */
public final class ElfTarget {

    private ElfTarget() {}

    /** One file. */
    public static void fuzzerTestOneInput(byte[] data) {
        SoundTable.rows(data);
    }
}
