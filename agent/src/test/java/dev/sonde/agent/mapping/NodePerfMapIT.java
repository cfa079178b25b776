package dev.sonde.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.model.FrameKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The code of a real JavaScript engine, named by the perf map that it writes. */
class NodePerfMapIT {

    private static final Path NODE = Path.of("/usr/bin/node");

    private static final String SCRIPT = """
            function sondeBurns(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; }
            let total = 0;
            for (let i = 0; i < 3000; i++) total += sondeBurns(1000 + i % 3);
            console.log('ready');
            setInterval(() => {}, 1000000);
            """;

    private final Map<Long, String> names = new HashMap<>();
    private final Counts<MappingEvent> counts = new Counts<>(MappingEvent.class);

    @Test
    void functionsOfNodeHaveTheNamesOfItsPerfMap() throws IOException {
        assumeTrue(Files.isExecutable(NODE), "SKIPPED: no node on this machine");
        List<String> command = List.of(NODE.toString(), "--perf-basic-prof", "-e", SCRIPT);
        try (RunningProgram node = new RunningProgram(command, Map.of())) {
            Path perfMap = Path.of("/tmp/perf-" + node.pid() + ".map");
            try {
                String before;
                do {
                    before = Files.readString(perfMap, StandardCharsets.UTF_8);
                    read(node.pid(), before);
                    // The engine may still have been compiling: only a file that stood still is a referee.
                } while (!before.equals(Files.readString(perfMap, StandardCharsets.UTF_8)));
                compare(before);
            } finally {
                Files.deleteIfExists(perfMap);
            }
        }
    }

    private void read(int pid, String text) throws IOException {
        Path proc = Path.of("/proc");
        ExecutableFiles files = new ExecutableFiles(proc, new SymbolizerElfReader(), 100, counts);
        int uid = (Integer) Files.getAttribute(proc.resolve(Integer.toString(pid)), "unix:uid");
        AddressSpace space = new AddressSpaces(proc, files, counts, System::nanoTime).of(pid, pid, uid, () -> true);
        ResolvedAddress out = new ResolvedAddress();
        names.clear();
        for (String line : text.lines().toList()) {
            long address = start(line);
            Mapping mapping = space.mappings().find(address);
            if (mapping != null && mapping.kind() == MappingKind.ANONYMOUS) {
                space.resolve(address, out);
                assertThat(out.kind()).isEqualTo(FrameKind.JIT);
                assertThat(out.elfAddress()).isEqualTo(address);
                names.put(address, out.name());
            }
        }
    }

    private void compare(String text) {
        List<String> lines = text.lines().toList();
        names.forEach((address, name) -> assertThat(name).isEqualTo(lastNameOf(lines, address)));
        assertThat(names).hasSizeGreaterThan(5);
        assertThat(names.values()).anyMatch(name -> name.contains("sondeBurns"));
        assertThat(counts.get(MappingEvent.JIT_UNNAMED)).isZero();
        assertThat(counts.get(MappingEvent.PERF_MAP_LINE_MALFORMED)).isZero();
    }

    private static long start(String line) {
        return Long.parseUnsignedLong(line.substring(0, line.indexOf(' ')), 16);
    }

    /** The referee: the last line of the file whose range holds the address. */
    private static String lastNameOf(List<String> lines, long address) {
        String name = null;
        for (String line : lines) {
            String[] words = line.split(" ", 3);
            long from = Long.parseUnsignedLong(words[0], 16);
            if (address >= from && address < from + Long.parseUnsignedLong(words[1], 16)) {
                name = words[2];
            }
        }
        return name;
    }
}
