package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.wire.pprof.Profile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes as a profile: 4xx with words, a counter moves, nothing is stored, the next good one is taken. */
final class BadProfilesIT {

    private static final byte[] GOOD = resource("/go-pprof/profile.pb.gz");

    @TempDir
    private static Path data;

    private static TestServer server;
    private static int goodOnes;

    @BeforeAll
    static void start() {
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void assertRefused(byte[] body, int status, String reason, String... words) {
        assertRefused(server.post(body, "?label=service=bad"), status, reason, words);
    }

    private static void assertRefused(HttpResponse<String> response, int status, String reason, String... words) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(server.json(response).get("error").asText())
                .contains("(expected: ")
                .contains(List.of(words));
        assertThat(server.rejected(reason)).isPositive();
        assertThat(server.ask("labels", "cpu{service=\"bad\"}", "")).isEmpty();
        goodOnes++;
        assertThat(server.post(GOOD, "?label=service=good&label=n=" + goodOnes).body())
                .isEqualTo("{\"stored\":1,\"known\":0}");
    }

    private static byte[] changed(Consumer<Profile.Builder> change) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(GOOD))) {
            Profile.Builder profile = Profile.parseFrom(in).toBuilder();
            change.accept(profile);
            return profile.build().toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void empty() {
        assertRefused(new byte[0], 400, "malformed", "0 bytes");
    }

    @Test
    void truncated() {
        assertRefused(Arrays.copyOf(GOOD, GOOD.length / 2), 400, "malformed", "gzip data ends in the middle");
    }

    @Test
    void truncatedInsideTheMessage() {
        byte[] plain = changed(profile -> {});
        assertRefused(Arrays.copyOf(plain, plain.length - 3), 400, "malformed", "broken at byte");
    }

    @Test
    void random() {
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        assertRefused(noise, 400, "malformed", "profile: ");
    }

    @Test
    void gzipBomb() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) {
                gzip.write(zeros);
            }
        }
        assertThat(bomb.size()).isLessThan(2 << 20);
        assertRefused(bomb.toByteArray(), 400, "too_large", "67108864");
    }

    @Test
    void hundredMegabytes() {
        assertRefused(new byte[100 << 20], 413, "body_too_large", "67108864");
    }

    @Test
    void wrongStringIndex() {
        assertRefused(changed(p -> p.getFunctionBuilder(0).setName(1 << 20)), 400, "bad_reference", "1048576");
    }

    @Test
    void wrongLocationId() {
        assertRefused(changed(p -> p.getSampleBuilder(0).setLocationId(0, 987_654)), 400, "bad_reference", "987654");
    }

    @Test
    void negativeValue() {
        assertRefused(changed(p -> p.getSampleBuilder(3).setValue(1, -5)), 400, "value", "cpu/nanoseconds: -5");
    }

    @Test
    void sumOutOfRange() {
        assertRefused(
                changed(p -> {
                    p.getSampleBuilder(0).setValue(1, Long.MAX_VALUE);
                    p.getSampleBuilder(1).setValue(1, Long.MAX_VALUE);
                }),
                400,
                "value",
                "sum over 9007199254740992");
    }

    @Test
    void aheadOfTheClock() {
        long ahead = TestServer.NOW.plusSeconds(601).toEpochMilli() * 1_000_000;
        assertRefused(changed(p -> p.setTimeNanos(ahead)), 400, "time_ahead", "601 s ahead");
        long allowed = TestServer.NOW.plusSeconds(600).toEpochMilli() * 1_000_000;
        assertThat(server.post(changed(p -> p.setTimeNanos(allowed)), "?label=service=ahead")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void tooLate() {
        long late = TestServer.NOW.minusSeconds(24 * 3600 + 1).toEpochMilli() * 1_000_000;
        assertRefused(changed(p -> p.setTimeNanos(late)), 400, "time_late", "86401 s ago");
    }

    @Test
    void beforeTheEpoch() {
        assertRefused(changed(p -> p.setTimeNanos(-1)), 400, "bad_value", "time_nanos -1");
        assertRefused(changed(p -> p.setTimeNanos(Long.MIN_VALUE)), 400, "bad_value", "time_nanos -92");
    }

    @Test
    void endlessDuration() {
        assertRefused(changed(p -> p.setDurationNanos(Long.MAX_VALUE)), 400, "duration", "9223372036854775807");
    }

    @Test
    void withoutTime() {
        HttpResponse<String> response = server.post(changed(p -> p.setTimeNanos(0)), "?label=service=timeless");
        assertThat(response.body()).isEqualTo("{\"stored\":1,\"known\":0}");
        assertThat(server.ask("flame", "cpu{service=\"timeless\"}", "&to=now")
                        .get("total_value")
                        .asLong())
                .isEqualTo(2_290_000_000L);
    }

    @Test
    void longLabelValue() {
        assertRefused(
                server.post(GOOD, "?label=service=bad&label=path=" + "x".repeat(3000)),
                400,
                "label",
                "label path: value of 3000 bytes");
        // 1,024 bytes are allowed; the bound counts bytes, not characters.
        assertThat(server.post(GOOD, "?label=service=long&label=path=" + "x".repeat(1024))
                        .statusCode())
                .isEqualTo(200);
        assertRefused(
                server.post(GOOD, "?label=service=bad&label=path=" + "%C3%A9".repeat(513)),
                400,
                "label",
                "value of 1026 bytes");
    }

    @Test
    void longNames() {
        assertNameRefused(profile -> profile.getFunctionBuilderList().getFirst().setName(longName(profile)), "name");
        assertNameRefused(
                profile -> profile.getFunctionBuilderList().getFirst().setSystemName(longName(profile)), "system_name");
        assertNameRefused(
                profile -> profile.getFunctionBuilderList().getFirst().setFilename(longName(profile)), "filename");
        assertNameRefused(
                profile -> profile.getMappingBuilderList().getFirst().setFilename(longName(profile)), "mapping 0");
        assertNameRefused(
                profile -> profile.getSampleTypeBuilderList().getFirst().setUnit(longName(profile)), "sample_type");
    }

    private static int longName(Profile.Builder profile) {
        profile.addStringTable("n".repeat((64 << 10) + 1));
        return profile.getStringTableCount() - 1;
    }

    private static void assertNameRefused(Consumer<Profile.Builder> change, String field) {
        assertRefused(changed(change), 400, "name", field, "'nnn", "65537 bytes (expected: at most 65536)");
    }

    @Test
    void longSampleLabel() {
        assertRefused(
                changed(p -> {
                    int key = p.getStringTableCount();
                    p.addStringTable("sql").addStringTable("y".repeat(3000));
                    p.getSampleBuilder(0).addLabelBuilder().setKey(key).setStr(key + 1);
                }),
                400,
                "label",
                "sample 0: label sql: value of 3000 bytes");
    }

    @Test
    void wrongLabelName() {
        assertRefused(server.post(GOOD, "?label=service=bad&label=9a=x"), 400, "label", "label name: '9a'");
        assertRefused(server.post(GOOD, "?label=service=bad&label=service=x"), 400, "label", "given twice");
    }

    @Test
    void tooManyLabels() {
        StringBuilder parameters = new StringBuilder("?label=service=bad");
        for (int i = 0; i < 64; i++) {
            parameters.append("&label=l").append(i).append("=x");
        }
        assertRefused(server.post(GOOD, parameters.toString()), 400, "label", "65 labels");
    }

    @Test
    void labelWithoutValue() {
        assertRefused(server.post(GOOD, "?label=service"), 400, "parameter", "label: 'service'");
    }

    @Test
    void unknownParameter() {
        assertRefused(server.post(GOOD, "?lable=service=bad"), 400, "parameter", "'lable' is not known");
    }

    @Test
    void unknownEncoding() {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/api/v1/profiles?label=service=bad"))
                .header("content-encoding", "br")
                .POST(HttpRequest.BodyPublishers.ofByteArray(GOOD))
                .build();
        assertRefused(server.send(request), 415, "encoding", "'br'");
    }

    @Test
    void typeThatIsNoName() {
        assertRefused(
                server.post(resource("/go-pprof/goroutine.pb.gz"), "?label=__name__=a%20b"), 400, "type", "'a b'");
    }
}
