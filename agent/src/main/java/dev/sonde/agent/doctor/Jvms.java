package dev.sonde.agent.doctor;

import dev.sonde.agent.jvm.JvmProbe;
import dev.sonde.agent.jvm.JvmReport;
import dev.sonde.agent.label.LabelText;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.process.ProcessTable;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** The JVMs that run here, and whether they can be read: by what their files export, and by reading them. */
final class Jvms {
    private static final String NAME = "JVMs";

    /** Named in the report; the others are counted. */
    private static final int MAX_NAMED = 20;

    private static final int MAX_PROCESSES = 1 << 16;
    private static final int MAX_FILES = 4096;

    private Jvms() {}

    static Check check(Path proc) {
        ProcessTable processes = ProcessKnowledge.open(
                        new ProcessLabels(Rules.none(), Labels.empty(), "", ""), MAX_PROCESSES, MAX_FILES)
                .table();
        JvmProbe probe = new JvmProbe(proc);
        List<JvmReport> found = new ArrayList<>();
        int unreadable = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path each : all) {
                Optional<Integer> pid = pid(each);
                if (pid.isPresent()) {
                    ProcessInfo process = processes.lookup(pid.get(), 0, 0, 0, () -> "");
                    probe.of(process).ifPresent(found::add);
                    unreadable += isUnreadable(process) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            return Check.warn(NAME, "unknown: " + e.getMessage(), "");
        }
        return check(found, unreadable);
    }

    private static Optional<Integer> pid(Path folder) {
        try {
            return Optional.of(Integer.valueOf(folder.getFileName().toString()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isUnreadable(ProcessInfo process) {
        boolean empty = process.addressSpace().mappings().size() == 0;
        return empty && !process.kernelThread() && !process.gone();
    }

    static Check check(List<JvmReport> found, int unreadable) {
        // Without rights that is most of them, which the check of the rights says; some protect themselves from root.
        String others = unreadable == 0 ? "" : "; " + unreadable + " processes cannot be read";
        StringJoiner detail = new StringJoiner(", ");
        found.stream().limit(MAX_NAMED).forEach(each -> detail.add(text(each)));
        String more = found.size() > MAX_NAMED ? " and " + (found.size() - MAX_NAMED) + " more" : "";
        String text = found.isEmpty() ? "none" : detail + more;
        boolean all = found.stream().allMatch(each -> each.problem().isEmpty());
        return all
                ? Check.ok(NAME, text + others)
                : Check.warn(NAME, text + others, "of a JVM that cannot be read native frames alone are unwound");
    }

    /** {@code 1234 HotSpot 25.0.3+9-LTS}, and what is wrong. */
    private static String text(JvmReport jvm) {
        String text = jvm.pid() + " " + jvm.kind() + (jvm.version().isEmpty() ? "" : " " + jvm.version());
        return LabelText.printable(jvm.problem().isEmpty() ? text : text + " (" + jvm.problem() + ")");
    }
}
