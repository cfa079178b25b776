package dev.sonde.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.KernelRights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The report on the machine that runs the tests, whatever it allows. */
@Tag("kernel")
class DoctorIT {
    @Test
    void stacksAreSampledAndShown() throws IOException {
        KernelRights.require();
        StringWriter out = new StringWriter();
        CommandLine command = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out));
        command.execute("--unwind", "PT1S");
        assertThat(out.toString())
                .containsPattern("(ok|warn) +stacks +\\d+ of \\d+ user stacks are complete \\(sampled for 1000 ms\\)")
                .containsPattern(
                        "(?m)^ +\\d+ +\\d+\\.\\d % +" + ProcessHandle.current().pid() + "  java ")
                .contains("FILE AND WHY STACKS END EARLY IN IT", "/libjvm.so");
    }

    @Test
    void everyCheckReportsAndTheExitCodeFollows() {
        StringWriter out = new StringWriter();
        CommandLine command = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out));
        int exit = command.execute("--server", "http://localhost:1");
        assertThat(out.toString())
                .contains("kernel", "architecture", "rights", "pid namespace", "BTF", "perf_event", "libbpf")
                .contains("sampler", "kernel names", "JVMs", "fail  server");
        assertThat(exit).as("the server that was asked for does not answer").isEqualTo(1);
        assertThat(command.execute("--format", "xml")).as("usage").isEqualTo(2);
    }
}
