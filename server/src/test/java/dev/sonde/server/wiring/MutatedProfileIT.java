package dev.sonde.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A real profile with bytes changed, dropped or doubled is stored or refused; never does the server fail. */
final class MutatedProfileIT {

    private static final byte[] PLAIN = unpack(TestServer.resource("/go-pprof/cpu-labels.pb.gz"));

    private static Path data;
    private static TestServer server;

    @BeforeContainer
    static void start() throws IOException {
        data = Files.createTempDirectory("sonde-mutated");
        server = TestServer.start(data);
    }

    @AfterContainer
    static void stop() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] unpack(byte[] gzip) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] pack(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    @Property(tries = 400)
    void neverFiveHundred(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int changes) throws IOException {
        Random random = new Random(seed);
        byte[] mutated = PLAIN.clone();
        for (int i = 0; i < changes; i++) {
            mutated = change(mutated, random);
        }
        byte[] body = random.nextBoolean() ? mutated : pack(mutated);
        HttpResponse<String> response = server.post(body, "?label=service=mutated");

        assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
        if (response.statusCode() == 400) {
            assertThat(server.json(response).get("error").asText()).isNotBlank();
        }
    }

    @Property(tries = 40)
    void whatWasStoredCanBeAsked(@ForAll long seed) throws IOException {
        byte[] mutated = change(PLAIN, new Random(seed));
        server.post(pack(mutated), "?label=service=asked");
        for (String endpoint : new String[] {"flame", "top", "labels", "series"}) {
            assertThat(server.get(TestServer.question(endpoint, "cpu", "")).statusCode())
                    .isIn(200, 400);
        }
        assertThat(server.getBytes("/pprof?from=-2h&query=cpu").statusCode()).isIn(200, 400);
    }

    private static byte[] change(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(20), bytes.length - at);
        return switch (random.nextInt(4)) {
            case 0 -> {
                byte[] changed = bytes.clone();
                changed[at] = (byte) random.nextInt();
                yield changed;
            }
            case 1 -> join(bytes, at, at + length); // drops
            case 2 -> join(bytes, at + length, at); // doubles
            default -> {
                byte[] changed = bytes.clone();
                System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), changed, at, length);
                yield changed;
            }
        };
    }

    private static byte[] join(byte[] bytes, int headEnd, int tailStart) {
        byte[] joined = new byte[headEnd + bytes.length - tailStart];
        System.arraycopy(bytes, 0, joined, 0, headEnd);
        System.arraycopy(bytes, tailStart, joined, headEnd, bytes.length - tailStart);
        return joined;
    }
}
