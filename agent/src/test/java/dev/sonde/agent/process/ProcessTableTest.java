package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.label.FilterRule;
import dev.sonde.agent.label.Glob;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.mapping.AddressSpaces;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.ResolvedAddress;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table over a made-up procfs, where processes start, end and change as the test says. */
class ProcessTableTest {

    private static final long TICK = ProcessTable.TICK_NANOS;

    private static String notAsked() {
        throw new AssertionError("comm was asked for");
    }

    @TempDir
    Path proc;

    private final AtomicLong nanos = new AtomicLong();
    private final Counts<ProcessEvent> counts = new Counts<>(ProcessEvent.class);
    private final Counts<MappingEvent> mappingCounts = new Counts<>(MappingEvent.class);

    private ProcessTable table(int maxProcesses, Rules rules) {
        ExecutableFiles files = new ExecutableFiles(proc, new SymbolizerElfReader(), 16, mappingCounts);
        return new ProcessTable(
                proc,
                maxProcesses,
                new ProcessLabels(rules, Labels.empty(), "box", "6.18"),
                files,
                new AddressSpaces(proc, files, mappingCounts, nanos::get),
                counts,
                nanos::get);
    }

    private ProcessTable table() {
        return table(100, Rules.none());
    }

    private void process(int pid, String comm, long startTicks) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Integer.toString(pid)));
        String rest = " 1 1 1 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 " + startTicks + " 1 1\n";
        Files.writeString(directory.resolve("stat"), pid + " (" + comm + ") S" + rest);
        Files.writeString(directory.resolve("cmdline"), "/bin/" + comm + "\0");
        Files.writeString(directory.resolve("cgroup"), "0::/system.slice/" + comm + ".service\n");
        Files.writeString(directory.resolve("environ"), "SONDE_VERSION=1." + startTicks + "\0");
        Files.writeString(directory.resolve("maps"), "1000-2000 r-xp 00000000 00:00 0\n");
        Files.deleteIfExists(directory.resolve("exe"));
        Files.createSymbolicLink(directory.resolve("exe"), Path.of("/bin/" + comm + "-not-there"));
    }

    private void end(int pid) throws IOException {
        Path directory = proc.resolve(Integer.toString(pid));
        for (String file : List.of("stat", "cmdline", "cgroup", "environ", "maps", "exe")) {
            Files.delete(directory.resolve(file));
        }
    }

    @Test
    void aProcessIsReadOnce() throws IOException {
        process(7, "shop", 500);
        ProcessTable table = table();

        ProcessInfo info = table.lookup(7, 500 * TICK + 9_999_999, 0, 0, ProcessTableTest::notAsked);

        assertThat(info.comm()).isEqualTo("shop");
        assertThat(info.executable()).isEqualTo("/bin/shop-not-there");
        assertThat(info.commandLine()).containsExactly("/bin/shop");
        assertThat(info.cgroup()).isEqualTo("/system.slice/shop.service");
        assertThat(info.startTimeTicks()).isEqualTo(500);
        assertThat(info.gone()).isFalse();
        assertThat(info.excluded()).isFalse();
        assertThat(info.seriesLabels())
                .isEqualTo(Labels.of("service", "shop-not-there", "version", "1.500", "comm", "shop", "host", "box"));
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(info);
        assertThat(table.lookup(7, 0, 0, 0, ProcessTableTest::notAsked)).isSameAs(info);
        assertThat(counts.get(ProcessEvent.READ)).isEqualTo(1);
    }

    @Test
    void aReusedPidIsAnotherProcess() throws IOException {
        process(7, "first", 500);
        ProcessTable table = table();
        ProcessInfo first = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        end(7);
        process(7, "second", 900);

        ProcessInfo second = table.lookup(7, 900 * TICK, 0, 0, ProcessTableTest::notAsked);

        assertThat(second.comm()).isEqualTo("second");
        assertThat(counts.get(ProcessEvent.PID_REUSED)).isEqualTo(1);
        // A sample of the first that comes late is not given to the second, nor does it push that one out.
        ProcessInfo late = table.lookup(7, 500 * TICK, 0, 0, () -> "first");
        assertThat(late.gone()).isTrue();
        assertThat(late.comm()).isEqualTo("first");
        assertThat(table.lookup(7, 900 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(second);
        // The first goes on with its own addresses: the maps are the second's now.
        ResolvedAddress out = new ResolvedAddress();
        Files.writeString(proc.resolve("7/maps"), "5000-6000 r-xp 00000000 00:00 0\n");
        nanos.addAndGet(1_000_000_000);
        first.addressSpace().resolve(0x5000, out);
        assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.UNMAPPED);
    }

    @Test
    void aReusedPidIsNoticedWithoutStartTimesToo() throws IOException {
        process(7, "first", 500);
        ProcessTable table = table();
        table.lookup(7, 0, 0, 0, ProcessTableTest::notAsked);
        process(7, "second", 900);
        nanos.addAndGet(60_000_000);
        assertThat(table.lookup(7, 0, 0, 0, ProcessTableTest::notAsked).comm()).isEqualTo("second");
    }

    @Test
    void aProcessThatIsGoneHasTheSampledName() {
        ProcessTable table = table();
        ProcessInfo info = table.lookup(7, 500 * TICK, 0, 0, () -> "brief\n");

        assertThat(info.gone()).isTrue();
        assertThat(info.seriesLabels())
                .isEqualTo(Labels.of("service", "brief\ufffd", "comm", "brief\ufffd", "host", "box"));
        assertThat(counts.get(ProcessEvent.GONE)).isEqualTo(1);
        ResolvedAddress out = new ResolvedAddress();
        info.addressSpace().resolve(0x1000, out);
        assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.PROCESS_GONE);
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(info);
        assertThat(counts.get(ProcessEvent.GONE)).isEqualTo(1);
    }

    @Test
    void aProcessThatEndedStaysKnown() throws IOException {
        process(7, "shop", 500);
        ProcessTable table = table();
        ProcessInfo info = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        end(7);
        for (int seconds = 0; seconds < 100; seconds++) {
            nanos.addAndGet(1_000_000_000);
            assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                    .isSameAs(info);
        }
        assertThat(counts.get(ProcessEvent.ENDED)).isEqualTo(1);
    }

    @Test
    void execAndRenamingAreNoticedSoonInAYoungProcess() throws IOException {
        process(7, "sh", 500);
        ProcessTable table = table();
        ProcessInfo shell = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        process(7, "shop", 500);
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(shell);
        nanos.addAndGet(60_000_000);
        ProcessInfo shop = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        assertThat(shop.comm()).isEqualTo("shop");
        assertThat(counts.get(ProcessEvent.EXECUTED)).isEqualTo(1);

        Files.writeString(
                proc.resolve("7/stat"), Files.readString(proc.resolve("7/stat")).replace("(shop)", "(shop: busy)"));
        table.invalidate(7);
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked).comm())
                .isEqualTo("shop: busy");
        assertThat(counts.get(ProcessEvent.RENAMED)).isEqualTo(1);
    }

    @Test
    void execInAnOldProcessIsNoticedByTheNameInTheSample() throws IOException {
        process(7, "sh", 500);
        ProcessTable table = table();
        table.lookup(7, 500 * TICK, 0x6873, 0, ProcessTableTest::notAsked);
        nanos.addAndGet(3_600_000_000_000L);
        ProcessInfo shell = table.lookup(7, 500 * TICK, 0x6873, 0, ProcessTableTest::notAsked);
        process(7, "shop", 500);
        nanos.addAndGet(1_000_000);
        assertThat(table.lookup(7, 500 * TICK, 0x6873, 0, ProcessTableTest::notAsked))
                .isSameAs(shell);
        ProcessInfo shop = table.lookup(7, 500 * TICK, 0x706f6873, 0, ProcessTableTest::notAsked);
        assertThat(shop.comm()).isEqualTo("shop");
        assertThat(shop.executable()).isEqualTo("/bin/shop-not-there");
        assertThat(counts.get(ProcessEvent.EXECUTED)).isEqualTo(1);
    }

    @Test
    void aProcessThatRenamesItselfWithoutEndIsReadABoundedNumberOfTimes() throws IOException {
        process(7, "a", 500);
        ProcessTable table = table();
        for (int i = 0; i < 1_000; i++) {
            Files.writeString(
                    proc.resolve("7/stat"),
                    Files.readString(proc.resolve("7/stat")).replaceFirst("\\(.*\\)", "(a" + i + ")"));
            nanos.addAndGet(100_000);
            table.lookup(7, 500 * TICK, i, 0, ProcessTableTest::notAsked);
        }
        // A tenth of a second passed.
        assertThat(counts.get(ProcessEvent.RENAMED)).isBetween(9L, 12L);
    }

    @Test
    void theTableIsBounded() throws IOException {
        ProcessTable table = table(3, Rules.none());
        for (int pid = 1; pid <= 5; pid++) {
            process(pid, "p" + pid, 500);
            table.lookup(pid, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
            table.lookup(1, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        }
        assertThat(table.size()).isEqualTo(3);
        assertThat(counts.get(ProcessEvent.EVICTED)).isEqualTo(2);
        assertThat(counts.get(ProcessEvent.READ)).isEqualTo(5);
    }

    @Test
    void excludedProcessesSaySo() throws IOException {
        process(7, "noisy", 500);
        FilterRule noisy = new FilterRule(Optional.empty(), Optional.of(new Glob("noi*")), Optional.empty());
        ProcessInfo info = table(9, new Rules(List.of(), List.of(), List.of(noisy)))
                .lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        assertThat(info.excluded()).isTrue();
        assertThat(counts.get(ProcessEvent.EXCLUDED)).isEqualTo(1);
    }

    @Test
    void aZombieIsAGoneProcessUnlessItWasKnown() throws IOException {
        process(7, "shop", 500);
        process(8, "shop", 500);
        ProcessTable table = table();
        ProcessInfo known = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        for (int pid : new int[] {7, 8}) {
            Path stat = proc.resolve(pid + "/stat");
            Files.writeString(stat, Files.readString(stat).replace(") S", ") Z"));
        }
        nanos.addAndGet(60_000_000);
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(known);
        assertThat(table.lookup(8, 500 * TICK, 0, 0, () -> "shop").gone()).isTrue();
    }

    @Test
    void aProcessWhoseFirstThreadEndedRunsAsLongAsAnother() throws IOException {
        process(7, "shop", 500);
        process(9, "shop", 600);
        Path stat = proc.resolve("7/stat");
        Files.writeString(stat, Files.readString(stat).replace(") S", ") Z"));
        Files.delete(proc.resolve("7/exe"));
        Files.writeString(proc.resolve("7/maps"), "");
        for (String thread : List.of("7", "9")) {
            Path task = Files.createDirectories(proc.resolve("7/task/" + thread));
            Files.copy(proc.resolve(thread + "/stat"), task.resolve("stat"));
        }

        ProcessTable table = table();
        ProcessInfo info = table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);

        assertThat(info.gone()).isFalse();
        assertThat(info.executable()).isEqualTo("/bin/shop-not-there");
        ResolvedAddress out = new ResolvedAddress();
        info.addressSpace().resolve(0x1000, out);
        assertThat(out.unknown()).isNull();
        nanos.addAndGet(60_000_000);
        assertThat(table.lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked))
                .isSameAs(info);
        assertThat(counts.get(ProcessEvent.ENDED)).isZero();
    }

    @Test
    void threadsOfTheKernelAreKnownByNameAlone() throws IOException {
        process(7, "kworker/1:2-events", 500);
        Path stat = proc.resolve("7/stat");
        Files.writeString(stat, Files.readString(stat).replace("4194304", Long.toString(0x0020_8040)));
        ProcessInfo info = table().lookup(7, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
        assertThat(info.kernelThread()).isTrue();
        assertThat(info.gone()).isFalse();
        assertThat(info.seriesLabels())
                .isEqualTo(Labels.of("service", "[kernel]", "version", "6.18", "comm", "kworker", "host", "box"));
    }

    @Test
    void aDamagedProcIsAGoneProcess() throws IOException {
        process(7, "x", 500);
        Files.writeString(proc.resolve("7/stat"), "\0\0garbage");
        assertThat(table().lookup(7, 500 * TICK, 0, 0, () -> "x").gone()).isTrue();
    }

    @Test
    void knownProcessesAndAddressesAreFoundWithoutAllocation() throws IOException {
        for (int pid = 1; pid <= 50; pid++) {
            process(pid, "p" + pid, 500);
        }
        ProcessTable table = table();
        ThreadNames names = new ThreadNames(100);
        ResolvedAddress out = new ResolvedAddress();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        // The first rounds fill the tables.
        long wasted = hits(table, names, out);
        long before = threads.getThreadAllocatedBytes(thread);
        wasted += hits(table, names, out);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(wasted).isEqualTo(2 * 100_000L * 2);
        // The question itself allocates a few bytes in some JDKs; one object a look-up would be 1.6 MB and more.
        assertThat(allocated).isLessThan(10_000);
    }

    private static long hits(ProcessTable table, ThreadNames names, ResolvedAddress out) {
        long found = 0;
        for (int i = 0; i < 100_000; i++) {
            int pid = i % 50 + 1;
            ProcessInfo info = table.lookup(pid, 500 * TICK, 0, 0, ProcessTableTest::notAsked);
            info.addressSpace().resolve(0x1000 + i % 4096, out);
            found += out.unknown() == null && info.pid() == pid ? 1 : 0;
            found += names.name(pid, 0x6161, 0).length() == 2 ? 1 : 0;
        }
        return found;
    }
}
