package dev.sonde.agent.doctor;

import dev.sonde.agent.quality.QualityReport;

/**
 * What is known of the stacks on this machine.
 *
 * @param check in one line
 * @param report by process and file; null where nothing is known
 */
record StackSource(Check check, QualityReport report) {

    static final String NAME = "stacks";

    /** Fewer complete than this is worth a look. */
    private static final int GOOD_PERCENT = 99;

    /** @param whence who counted */
    static StackSource of(QualityReport report, String whence) {
        String detail = "%d of %d user stacks are complete (%s)".formatted(report.complete(), report.samples(), whence);
        boolean good = 100 * report.complete() >= GOOD_PERCENT * report.samples();
        Check check = good
                ? Check.ok(NAME, detail)
                : Check.warn(NAME, detail, "the tables below tell in which processes and files the others end");
        return new StackSource(check, report);
    }
}
