package dev.sonde.agent.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.jvm.JvmReport;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.agent.mapping.Mappings;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.model.Labels;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Stacks of this very process, by its real mappings. */
class StackQualityTest {

    private final ProcessInfo self = ProcessKnowledge.open(
                    new ProcessLabels(Rules.none(), Labels.empty(), "box", "6.18"), 10, 100)
            .table()
            .lookup((int) ProcessHandle.current().pid(), 0, 0, 0, () -> "gone");
    private final Mapping libjvm = mapping("libjvm.so");
    private final Mapping libc = mapping("libc.so.6");
    private final StackQuality quality = new StackQuality(System::nanoTime);
    private final RawSample raw = new RawSample();

    private Mapping mapping(String name) {
        Mappings mappings = self.addressSpace().mappings();
        return IntStream.range(0, mappings.size())
                .mapToObj(mappings::get)
                .filter(mapping -> mapping.path().endsWith("/" + name))
                .findFirst()
                .orElseThrow();
    }

    private void add(StackOutcome outcome, long... addresses) {
        raw.begin(0, 0, 0, 0, 0);
        raw.addKernelFrame(-1);
        for (long address : addresses) {
            raw.addUserFrame(address);
        }
        quality.add(self, raw, outcome);
    }

    private QualityReport.Line file(String path) {
        return quality.report().files().stream()
                .filter(line -> line.name().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aStackCountsOnceInEachFileAndEndsInOne() {
        add(StackOutcome.COMPLETE, libc.start() + 8, libjvm.start() + 8, libc.start() + 16, libjvm.start() + 32);
        add(StackOutcome.NO_CALL, libjvm.start() + 64, libc.start() + 129);
        add(StackOutcome.NO_CALL, libjvm.start() + 64, libc.start() + 257);
        add(StackOutcome.NOT_MAPPED, libjvm.start() + 64, 4097);
        add(StackOutcome.EXITING);
        add(StackOutcome.COMPLETE); // a thread of the kernel
        QualityReport report = quality.report();
        assertThat(report.samples()).isEqualTo(5);
        assertThat(report.complete()).isEqualTo(1);
        QualityReport.Line process = report.processes().getFirst();
        assertThat(process.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(process.samples()).isEqualTo(5);
        assertThat(process.complete()).isEqualTo(1);
        assertThat(process.reasons())
                .startsWith(new QualityReport.Reason("no-call", 2, libc.path(), libc.fileOffset() + 256))
                .hasSize(3);
        assertThat(file(libc.path()).samples()).isEqualTo(3);
        assertThat(file(libc.path()).complete()).isEqualTo(1);
        assertThat(file(libc.path()).reasons())
                .containsExactly(new QualityReport.Reason("no-call", 2, libc.path(), libc.fileOffset() + 256));
        assertThat(file(libjvm.path()).samples()).isEqualTo(4);
        assertThat(file(libjvm.path()).reasons()).isEmpty();
        assertThat(file("[not mapped]").reasons())
                .containsExactly(new QualityReport.Reason("not-mapped", 1, "[not mapped]", 4096));
        assertThat(file("[no user frame]").reasons())
                .containsExactly(new QualityReport.Reason("exiting", 1, "[no user frame]", 0));
    }

    @Test
    void theReportIsATableAndJson() throws JsonProcessingException {
        add(StackOutcome.COMPLETE, libjvm.start() + 8);
        add(StackOutcome.NO_FRAME_POINTER, libjvm.start() + 64);
        QualityReport report = quality.report();
        assertThat(ReportText.of(report))
                .startsWith("50.0 % of 2 user stacks are complete\n")
                .containsPattern(
                        "        2    50.0 % +" + ProcessHandle.current().pid() + "  java .*bin/java  "
                                + "no-frame-pointer 1 \\(at " + libjvm.path() + "\\+0x[0-9a-f]+40\\)\n")
                .containsPattern("        2    50.0 %  " + libjvm.path() + "  no-frame-pointer 1 \\(at 0x");
        assertThat(ReportJson.parse(ReportJson.of(report).toString())).isEqualTo(report);
        assertThat(new UnwindPage(quality, List::of).of("").text()).isEqualTo(ReportText.of(report));
        assertThat(ReportJson.parse(
                        new UnwindPage(quality, List::of).of("a=b&format=json").text()))
                .isEqualTo(report);
        assertThatThrownBy(() -> ReportJson.parse("[]")).hasMessageContaining("expected: an object");
        assertThatThrownBy(() -> ReportJson.parse("<html>")).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void aNameCannotSteerTheTerminalAndLongTablesAreCut() {
        List<QualityReport.Line> lines = IntStream.range(0, 50)
                .mapToObj(i -> new QualityReport.Line(i, "\u001b[31m", "/\n", 10, 10, List.of()))
                .toList();
        String text = ReportText.of(new QualityReport(500, 500, 7, 8, lines, List.of(), List.of()));
        assertThat(text)
                .doesNotContain("\u001b")
                .contains("7 processes, 8 files", "and 10 more")
                .startsWith("100.0 % of 500");
    }

    @Test
    void theLeastSampledMakesRoomAndWhatHasEndedBeforeIt() {
        TallyTable<Integer> table = new TallyTable<>(3);
        long now = 1_000_000_000_000L;
        for (int i = 1; i <= 3; i++) {
            Tally tally = table.add(i, new Tally("" + i, ""), now);
            for (int stack = 1; stack <= 10 * i; stack++) {
                tally.count(stack, true, now);
            }
        }
        table.add(4, new Tally("4", ""), now).count(1, true, now);
        assertThat(table.find(1)).isNull();
        assertThat(table.find(2)).isNotNull();
        now += TallyTable.STALE_NANOS;
        table.find(2).count(1000, true, now);
        table.find(4).count(1000, true, now);
        table.add(5, new Tally("5", ""), now);
        assertThat(table.find(3)).as("much sampled, long ago").isNull();
        assertThat(table.find(4)).isNotNull();
        assertThat(table.evicted()).isEqualTo(2);
    }

    @Test
    void virtualMachinesStandWithTheStacksOfTheirProcesses() throws JsonProcessingException {
        QualityReport.Line process = new QualityReport.Line(7, "java", "/usr/bin/java", 200, 198, List.of());
        QualityReport report = new QualityReport(200, 198, 0, 0, List.of(process), List.of(), List.of())
                .withJvms(List.of(
                        new JvmReport(9, "openj9", "", "foreign", "openj9: not unwound"),
                        new JvmReport(7, "hotspot", "25.0.3+9-LTS", "known", "")));
        assertThat(report.jvms())
                .containsExactly(
                        new QualityReport.JvmLine(7, "hotspot", "25.0.3+9-LTS", "known", "", 200, 198),
                        new QualityReport.JvmLine(9, "openj9", "", "foreign", "openj9: not unwound", 0, 0));
        assertThat(ReportJson.parse(ReportJson.of(report).toString())).isEqualTo(report);
        assertThat(ReportText.of(report))
                .containsPattern("200 +99.0 % +7 +hotspot +known +25.0.3\\+9-LTS\n")
                .containsPattern("0 +100.0 % +9 +openj9 +foreign +openj9: not unwound\n");
    }
}
