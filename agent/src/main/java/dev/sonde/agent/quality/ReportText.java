package dev.sonde.agent.quality;

import dev.sonde.agent.label.LabelText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report for eyes. */
public final class ReportText {

    /** Lines of each table: what is sampled less shows in the other form. */
    private static final int MAX_LINES = 40;

    private static final int MAX_REASONS = 3;

    private ReportText() {}

    /** Tables by process, by file and of Java virtual machines. */
    public static String of(QualityReport report) {
        StringBuilder text = new StringBuilder();
        text.append("%s of %d user stacks are complete\n"
                .formatted(share(report.samples(), report.complete()), report.samples()));
        if (report.processesLeftOut() + report.filesLeftOut() > 0) {
            text.append("left out, because they were sampled least: %d processes, %d files\n"
                    .formatted(report.processesLeftOut(), report.filesLeftOut()));
        }
        text.append("\n  SAMPLES  COMPLETE      PID  PROCESS          PROGRAM AND WHY STACKS END EARLY\n");
        report.processes().stream()
                .limit(MAX_LINES)
                .forEach(each -> text.append("%9d %9s %8d  %-16s %s%n"
                        .formatted(
                                each.samples(),
                                share(each.samples(), each.complete()),
                                each.pid(),
                                LabelText.printable(each.name()),
                                LabelText.printable(each.program()) + reasons(each.reasons(), true))));
        more(text, report.processes().size());
        text.append("\n  SAMPLES  COMPLETE  FILE AND WHY STACKS END EARLY IN IT\n");
        report.files().stream()
                .limit(MAX_LINES)
                .forEach(each -> text.append("%9d %9s  %s%n"
                        .formatted(
                                each.samples(),
                                share(each.samples(), each.complete()),
                                LabelText.printable(each.name()) + reasons(each.reasons(), false))));
        more(text, report.files().size());
        jvms(text, report.jvms());
        return text.toString();
    }

    private static void jvms(StringBuilder text, List<QualityReport.JvmLine> jvms) {
        if (jvms.isEmpty()) {
            return;
        }
        text.append("\n  SAMPLES  COMPLETE      PID  JVM           STATE        VERSION AND WHAT IS WRONG\n");
        jvms.stream()
                .limit(MAX_LINES)
                .forEach(each -> text.append("%9d %9s %8d  %-13s %-12s %s%n"
                        .formatted(
                                each.samples(),
                                share(each.samples(), each.complete()),
                                each.pid(),
                                LabelText.printable(each.kind()),
                                LabelText.printable(each.state()),
                                LabelText.printable(
                                        each.problem().isEmpty()
                                                ? each.version()
                                                : each.version() + "  " + each.problem()))));
        more(text, jvms.size());
    }

    private static void more(StringBuilder text, int lines) {
        if (lines > MAX_LINES) {
            text.append("          and %d more%n".formatted(lines - MAX_LINES));
        }
    }

    /** Not rounded up: 100.0 % is all. */
    private static String share(long samples, long complete) {
        long perMille = samples == 0 ? 1000 : 1000 * complete / samples;
        return String.format(Locale.ROOT, "%d.%d %%", perMille / 10, perMille % 10);
    }

    private static String reasons(List<QualityReport.Reason> reasons, boolean withFile) {
        if (reasons.isEmpty()) {
            return "";
        }
        return reasons.stream()
                .limit(MAX_REASONS)
                .map(each -> each.reason() + " " + each.count() + " (at " + (withFile ? file(each) : "") + "0x"
                        + Long.toHexString(each.offset()) + ")")
                .collect(Collectors.joining(", ", "  ", ""));
    }

    private static String file(QualityReport.Reason reason) {
        // What is no file has addresses.
        return LabelText.printable(reason.file()) + (reason.file().startsWith("/") ? "+" : " ");
    }
}
