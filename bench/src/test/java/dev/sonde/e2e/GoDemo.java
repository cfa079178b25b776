package dev.sonde.e2e;

import dev.sonde.wire.pprof.Profile;
import dev.sonde.wire.pprof.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Five minutes of a Go program's CPU profiles, one each 10 s, made from one that Go itself wrote: moved in time, and
 * each with its values multiplied by 1, 2, 3 or 4, so that the time line has a shape.
 */
final class GoDemo {

    static final int WINDOWS = 30;
    static final int WINDOW_SECONDS = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int CPU_NANOS = 1;

    private final Profile recorded;
    private final long fromSeconds;

    private GoDemo(Profile recorded, long fromSeconds) {
        this.recorded = recorded;
        this.fromSeconds = fromSeconds;
    }

    /** The five minutes before now. */
    static GoDemo endingNow(long nowSeconds) throws IOException {
        try (InputStream file = GoDemo.class.getResourceAsStream("/go-pprof/profile.pb.gz");
                InputStream plain = new GZIPInputStream(file)) {
            long end = nowSeconds - nowSeconds % WINDOW_SECONDS;
            return new GoDemo(Profile.parseFrom(plain), end - (long) WINDOWS * WINDOW_SECONDS);
        }
    }

    /** Sends all of it; the first half as version 1.0, the second as 1.1. */
    void postTo(ServerProcess server) throws IOException, InterruptedException {
        for (int window = 0; window < WINDOWS; window++) {
            String version = window < WINDOWS / 2 ? "1.0" : "1.1";
            server.post("/api/v1/profiles?label=service=godemo&label=version=" + version, gzip(profile(window)));
        }
    }

    long fromSeconds() {
        return fromSeconds;
    }

    long toSeconds() {
        return fromSeconds + (long) WINDOWS * WINDOW_SECONDS;
    }

    /** CPU time in the windows from one (inclusive) to another (exclusive). */
    long cpuNanos(int fromWindow, int toWindow) {
        long once = recorded.getSampleList().stream()
                .mapToLong(sample -> sample.getValue(CPU_NANOS))
                .sum();
        long sum = 0;
        for (int window = fromWindow; window < toWindow; window++) {
            sum += once * factor(window);
        }
        return sum;
    }

    private static int factor(int window) {
        return 1 + window % 4;
    }

    private Profile profile(int window) {
        Profile.Builder moved = recorded.toBuilder()
                .setTimeNanos((fromSeconds + (long) window * WINDOW_SECONDS) * NANOS_PER_SECOND)
                .clearSample();
        for (Sample sample : recorded.getSampleList()) {
            Sample.Builder scaled = sample.toBuilder();
            for (int i = 0; i < sample.getValueCount(); i++) {
                scaled.setValue(i, sample.getValue(i) * factor(window));
            }
            moved.addSample(scaled);
        }
        return moved.build();
    }

    private static byte[] gzip(Profile profile) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            profile.writeTo(gzip);
        }
        return bytes.toByteArray();
    }
}
