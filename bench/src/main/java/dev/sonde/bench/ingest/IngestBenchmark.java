package dev.sonde.bench.ingest;

import com.google.protobuf.ByteString;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.SondeProcess;
import dev.sonde.wire.profilestore.Label;
import dev.sonde.wire.profilestore.LabelSet;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.RawSample;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Loads a server over loopback as agents do, each request acknowledged durably before the next. */
public final class IngestBenchmark implements Benchmark {

    /** Agents at once. */
    private static final int CLIENTS = 4;

    /** Profiles of one request: what one agent ships for one window of a machine with some services. */
    private static final int PROFILES_PER_REQUEST = 20;

    /** Windows made beforehand, so that making them does not share the CPUs with the server: an hour at most. */
    private static final int MAX_WINDOWS = 360;

    /** More than a server takes on this kind of machine: a faster one runs out of profiles, and the rate is still right. */
    private static final int MAX_PROFILES_PER_SECOND = 1500;

    private static final Duration WARM_UP = Duration.ofSeconds(10);

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        Instant first =
                Instant.ofEpochSecond(Instant.now().getEpochSecond() / 10 * 10).minus(Duration.ofHours(2));
        long wanted = WARM_UP.plus(context.duration()).toSeconds() * MAX_PROFILES_PER_SECOND;
        int windows = (int) Math.min(MAX_WINDOWS, wanted / ProfileSource.SERIES);
        int made = ProfileSource.SERIES * windows;
        context.log().println("making " + made + " profiles");
        List<WriteRawRequest> requests =
                requests(new ProfileSource(1, first.getEpochSecond() * 1_000_000_000L), windows);
        long bytes =
                requests.stream().mapToLong(WriteRawRequest::getSerializedSize).sum();
        try (SondeProcess server = SondeProcess.server(context)) {
            URI url = URI.create(server.readLine());
            Loader loader = new Loader(url, requests);
            loader.run(WARM_UP);
            Duration cpuBefore = server.usage().cpu();
            long profilesBefore = loader.profiles.get();
            long start = System.nanoTime();
            loader.run(context.duration());
            double seconds = (System.nanoTime() - start) / 1e9;
            long profiles = loader.profiles.get() - profilesBefore;
            double cpuMicros = server.usage().cpu().minus(cpuBefore).toNanos() / 1e3;
            long samples = loader.profiles.get() * ProfileSource.SAMPLES;
            return List.of(
                    Figure.of("acknowledged durably", profiles / seconds, 0, "profiles/s", "Parca 636-698"),
                    Figure.of(
                            "server CPU",
                            cpuMicros / (profiles * (double) ProfileSource.SAMPLES),
                            2,
                            "us/sample",
                            "Parca 56, Pyroscope 65"),
                    Figure.of("bytes a profile, gzipped", bytes / (double) made, 0, "bytes", ""),
                    Figure.of(
                            "stored",
                            folderBytes(context.scratch().resolve("data")) / (double) samples,
                            1,
                            "bytes/sample",
                            ""),
                    Figure.of("server peak resident", server.usage().peakResidentBytes() >> 20, "MiB", ""));
        }
    }

    /** The requests of all windows, in order of time, made by all CPUs. */
    private static List<WriteRawRequest> requests(ProfileSource source, int windows) {
        return IntStream.range(0, windows * ProfileSource.SERIES / PROFILES_PER_REQUEST)
                .parallel()
                .mapToObj(number -> request(source, number))
                .toList();
    }

    private static WriteRawRequest request(ProfileSource source, int number) {
        int window = number * PROFILES_PER_REQUEST / ProfileSource.SERIES;
        int first = number * PROFILES_PER_REQUEST % ProfileSource.SERIES;
        WriteRawRequest.Builder request = WriteRawRequest.newBuilder();
        for (int series = first; series < first + PROFILES_PER_REQUEST; series++) {
            request.addSeries(RawProfileSeries.newBuilder()
                    .setLabels(LabelSet.newBuilder()
                            .addLabels(label("__name__", "cpu"))
                            .addLabels(label("service", "service-" + series / 4))
                            .addLabels(label("host", "host-" + series)))
                    .addSamples(
                            RawSample.newBuilder().setRawProfile(ByteString.copyFrom(source.profile(series, window)))));
        }
        return request.build();
    }

    private static Label label(String name, String value) {
        return Label.newBuilder().setName(name).setValue(value).build();
    }

    private static long folderBytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** Sends the requests in order, from several clients, each request once. */
    private static final class Loader {
        final AtomicLong profiles = new AtomicLong();
        private final URI url;
        private final List<WriteRawRequest> requests;
        private final AtomicInteger next = new AtomicInteger();

        Loader(URI url, List<WriteRawRequest> requests) {
            this.url = url;
            this.requests = requests;
        }

        void run(Duration duration) throws InterruptedException {
            long end = System.nanoTime() + duration.toNanos();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(() -> send(end)));
            }
            for (Thread client : clients) {
                client.join();
            }
        }

        private void send(long endNanos) {
            ManagedChannel channel = OkHttpChannelBuilder.forAddress(url.getHost(), url.getPort())
                    .usePlaintext()
                    .build();
            try {
                var store = ProfileStoreServiceGrpc.newBlockingStub(channel);
                int index = next.getAndIncrement();
                while (index < requests.size() && System.nanoTime() < endNanos) {
                    store.writeRaw(requests.get(index));
                    profiles.addAndGet(PROFILES_PER_REQUEST);
                    index = next.getAndIncrement();
                }
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
