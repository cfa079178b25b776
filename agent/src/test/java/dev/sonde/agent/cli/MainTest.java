package dev.sonde.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is refused before anything begins. */
class MainTest {

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    private int run(String... args) {
        CommandLine command = Main.commandLine();
        command.setErr(new PrintWriter(err, true));
        command.setOut(new PrintWriter(out, true));
        return command.execute(args);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            record -d 10              | '10' (expected: 1ms to 24h
            record -d 0s              | '0s' (expected: 1ms to 24h
            record -d 25h             | '25h' (expected: 1ms to 24h
            record -d 99999999999999s | '99999999999999s' (expected: 1ms to 24h
            record -d -1s             | '-1s' (expected: 1ms to 24h
            record --hz 0             | --hz: 0 (expected: 1 to 1000)
            record --hz 1001          | --hz: 1001 (expected: 1 to 1000)
            record --hz many          | 'many'
            record -p 0               | -p: 0 (expected: a process id)
            record -p 1 -- true       | expected: one of them
            record -o x.svg           | expected: FILE.pb.gz or FILE.collapsed
            record -o x.html          | not there yet
            record --nonsense         | --nonsense
            agent --hz 0              | --hz: '0' (expected: 1 to 1000
            agent --server ftp://x    | ftp://x
            agent --label x           | x
            agent --config /no/file   | /no/file
            agent --spool-max-bytes 1 | --spool-max-bytes
            nonsense                  | nonsense
            """)
    void wrongUseIsSaidWithValueAndExpectation(String line, String expected) {
        assertThat(run(line.strip().split(" +", -1))).as(err.toString()).isEqualTo(2);
        assertThat(err.toString()).startsWith("sonde: ").contains(expected.strip());
    }

    @Test
    void noCommandIsWrongUse() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("expected: agent, record, doctor, unwind-table");
    }

    @Test
    void helpNamesEverySetting() {
        assertThat(run("agent", "--help")).isZero();
        assertThat(out.toString())
                .contains("--server", "--hz", "--label", "--config", "--spool", "--metrics-listen", "--first-window");
        assertThat(run("record", "--help")).isZero();
        assertThat(out.toString()).contains("-o", "--hz", "COMMAND");
    }
}
