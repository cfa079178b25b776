package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ProcessStatTest {

    private static final String REST = " 7814 7814 6328 0 -1 4194304 101 0 0 0 0 0 0 0 20 0 1 0 167093 3133440 388";

    private static ProcessStat parse(String line) {
        return ProcessStat.parse(line.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    @Example
    void nameStateAndStart() {
        assertThat(parse("7823 (cat) R" + REST)).isEqualTo(new ProcessStat("cat", 'R', false, 167093));
        assertThat(parse("7823 (cat) Z" + REST).ended()).isTrue();
    }

    @Example
    void namesMayHoldParenthesesSpacesAndControlCharacters() {
        assertThat(parse("7 (a) R 1 (b\n) S" + REST).comm()).isEqualTo("a) R 1 (b\ufffd");
    }

    @Example
    void kernelThreadsLoseCpuAndWorkItem() {
        String flags = REST.replace("4194304", Long.toString(0x0020_8040));
        assertThat(parse("7 (kworker/u4:2-events) I" + flags).seriesComm()).isEqualTo("kworker");
        assertThat(parse("7 (ksoftirqd/0) I" + flags).seriesComm()).isEqualTo("ksoftirqd");
        assertThat(parse("7 (/x) I" + flags).seriesComm()).isEqualTo("/x");
        assertThat(parse("7 (a/b) I" + REST).seriesComm()).isEqualTo("a/b");
    }

    @Example
    void whatIsNoStatLineIsEmpty() {
        for (String line : new String[] {
            "", "7 (x", "7 x) R" + REST, "7 (x) R 1 2 3", "7 (x) RR" + REST, "7 (x) R" + REST.replace("167093", "?")
        }) {
            assertThat(ProcessStat.parse(line.getBytes(StandardCharsets.UTF_8)))
                    .as(line)
                    .isEmpty();
        }
    }

    @Property
    void anyBytesAreRead(@ForAll byte[] bytes) {
        ProcessStat.parse(bytes).ifPresent(stat -> assertThat(stat.comm()).isNotNull());
    }
}
