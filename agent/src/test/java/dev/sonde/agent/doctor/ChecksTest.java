package dev.sonde.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sonde.agent.doctor.Check.Status;
import dev.sonde.agent.jvm.JvmReport;
import dev.sonde.agent.metrics.MetricsServer;
import dev.sonde.agent.quality.QualityReport;
import dev.sonde.agent.quality.ReportJson;
import dev.sonde.agent.quality.UnwindPage;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each check with what it passes and what it objects to. */
class ChecksTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "6.18.44-fc-v595, OK",
        "6.1.0-18-amd64, OK",
        "7.0, OK",
        "5.15.0, FAIL",
        "6.0.19, FAIL",
        "5.14.21, FAIL",
        "4.19.0, FAIL",
        "six, WARN",
        "6, WARN",
        "., WARN",
        "99999999999.1, WARN"
    })
    void kernels(String release, Status expected) {
        assertThat(KernelVersion.check(release).status()).isEqualTo(expected);
    }

    @Test
    void architectures() {
        assertThat(Doctor.architecture("amd64").status()).isEqualTo(Status.OK);
        assertThat(Doctor.architecture("aarch64").status()).isEqualTo(Status.FAIL);
    }

    @Test
    void rights() {
        long bpf = 1L << 39;
        long perfmon = 1L << 38;
        long ptrace = 1L << 19;
        long syslog = 1L << 34;
        long restore = 1L << 40;
        assertThat(Rights.of(0).status()).isEqualTo(Status.FAIL);
        assertThat(Rights.of(bpf).status()).isEqualTo(Status.FAIL);
        assertThat(Rights.of(bpf | perfmon).detail()).contains("CAP_SYS_PTRACE", "CAP_SYSLOG");
        assertThat(Rights.of(bpf | perfmon | ptrace).detail()).contains("CAP_SYSLOG");
        assertThat(Rights.of(bpf | perfmon | ptrace | syslog).status()).isEqualTo(Status.WARN);
        assertThat(Rights.of(bpf | perfmon | ptrace | syslog).detail()).contains("CAP_CHECKPOINT_RESTORE");
        assertThat(Rights.of(bpf | perfmon | ptrace | syslog | restore).status())
                .isEqualTo(Status.OK);
        assertThat(Rights.of(0x1ffffffffffL).status()).isEqualTo(Status.OK);
    }

    @Test
    void pidNamespaces() throws Exception {
        Path self = Files.createDirectories(folder.resolve("self/ns"));
        Files.createSymbolicLink(self.resolve("pid"), Path.of("pid:[4026532555]"));
        assertThat(PidNamespace.check(folder).status()).isEqualTo(Status.FAIL);
        Files.delete(self.resolve("pid"));
        assertThat(PidNamespace.check(folder).status()).isEqualTo(Status.WARN);
        Files.createSymbolicLink(self.resolve("pid"), Path.of("pid:[4026531836]"));
        assertThat(PidNamespace.check(folder).status()).isEqualTo(Status.OK);
    }

    @Test
    void thisJvmIsSeen() {
        Check check = Jvms.check(Path.of("/proc"));
        assertThat(check.detail())
                .contains(ProcessHandle.current().pid() + " hotspot " + System.getProperty("java.vm.version"));
    }

    /** What a JVM says of itself may be anything. */
    @Test
    void jvmsThatCannotBeReadAreSaid() {
        JvmReport good = new JvmReport(7, "hotspot", "17\033[31m.0.1", "known", "");
        JvmReport bad = new JvmReport(8, "hotspot", "99", "unsupported", "JVM 99: nmethod::_method: missing");
        assertThat(Jvms.check(List.of(good), 1))
                .isEqualTo(Check.ok("JVMs", "7 hotspot 17\ufffd[31m.0.1; 1 processes cannot be read"));
        assertThat(Jvms.check(List.of(), 0)).isEqualTo(Check.ok("JVMs", "none"));
        Check check = Jvms.check(List.of(good, bad), 0);
        assertThat(check.status()).isEqualTo(Check.Status.WARN);
        assertThat(check.detail()).endsWith("8 hotspot 99 (JVM 99: nmethod::_method: missing)");
    }

    @Test
    void servers() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] status = {200};
        server.createContext("/healthz", exchange -> {
            exchange.sendResponseHeaders(status[0], -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://localhost:" + server.getAddress().getPort());
        try {
            assertThat(ServerReachable.check(uri, true).status()).isEqualTo(Status.OK);
            status[0] = 503;
            assertThat(ServerReachable.check(uri, true).detail()).contains("503 (expected: 200)");
        } finally {
            server.stop(0);
        }
        assertThat(ServerReachable.check(uri, true).status()).isEqualTo(Status.FAIL);
        assertThat(ServerReachable.check(uri, false).status()).isEqualTo(Status.WARN);
        assertThat(ServerReachable.check(URI.create("nowhere"), true).status()).isEqualTo(Status.FAIL);
        assertThat(ServerReachable.check(URI.create("file:/tmp"), true).status())
                .isEqualTo(Status.FAIL);
    }

    @Test
    void runningAgents() throws Exception {
        QualityReport report = new QualityReport(
                1000,
                700,
                0,
                0,
                List.of(new QualityReport.Line(
                        7, "a", "/a", 1000, 700, List.of(new QualityReport.Reason("no-call", 300, "/a", 16)))),
                List.of(),
                List.of());
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        String address;
        try (MetricsServer server = MetricsServer.start(
                anyPort,
                new PrometheusRegistry(),
                () -> true,
                Map.of(
                        UnwindPage.PATH,
                        query -> MetricsServer.Content.text(
                                query.equals("format=json")
                                        ? ReportJson.of(report).toString()
                                        : "")))) {
            address = "localhost:" + server.address().getPort();
            StackSource found = RunningAgent.ask(address, true);
            assertThat(found.report()).isEqualTo(report);
            assertThat(found.check().status()).isEqualTo(Status.WARN);
            assertThat(found.check().detail()).startsWith("700 of 1000 user stacks are complete");
        }
        assertThat(RunningAgent.ask(address, true).check().status()).isEqualTo(Status.FAIL);
        assertThat(RunningAgent.ask(address, false).check().status()).isEqualTo(Status.OK);
        assertThat(RunningAgent.ask("no host:1", true).check().status()).isEqualTo(Status.FAIL);
        assertThat(DoctorCommand.json(List.of(), report)).contains("\"stacks\"", "\"no-call\"");
    }

    @Test
    void theRemedyOfAFailureStandsByItself() {
        Check check = Check.fail("sampler", new Exception("loading: no; run as root\nlibbpf says:\na; b"));
        assertThat(check.detail()).isEqualTo("loading: no\nlibbpf says:\na; b");
        assertThat(check.remedy()).isEqualTo("run as root");
        assertThat(Check.fail("x", new Exception("no\na; b")).remedy()).isEmpty();
    }

    @Test
    void reports() throws Exception {
        List<Check> checks = List.of(Check.ok("kernel", "6.1"), Check.warn("JVMs", "none", "start one"));
        assertThat(DoctorCommand.text(checks)).isEqualToNormalizingNewlines("""
                ok    kernel        6.1
                warn  JVMs          none
                                    -> start one
                """);
        assertThat(DoctorCommand.json(checks, null)).contains("\"status\" : \"warn\"", "\"remedy\" : \"start one\"");
    }
}
