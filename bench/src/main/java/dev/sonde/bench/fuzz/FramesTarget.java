package dev.sonde.bench.fuzz;

import java.util.Arrays;

/** Jazzer's target: the .eh_frame of a file. */
public final class FramesTarget {

    static final String SECTION = ".eh_frame";

    private FramesTarget() {}

    /** Read when the first input comes. */
    private static final class Configured {
        static final Template TEMPLATE = Template.configured(SECTION);
    }

    /** One section; what is missing of it is zero, which ends it. */
    public static void fuzzerTestOneInput(byte[] data) {
        SoundTable.rows(file(Configured.TEMPLATE, data));
    }

    static byte[] file(Template template, byte[] data) {
        byte[] file = template.copy();
        Arrays.fill(file, template.at(), template.at() + template.size(), (byte) 0);
        System.arraycopy(data, 0, file, template.at(), Math.min(data.length, template.size()));
        return file;
    }
}
