package dev.sonde.agent.ship;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc;
import dev.sonde.wire.debuginfo.InitiateUploadRequest;
import dev.sonde.wire.debuginfo.InitiateUploadResponse;
import dev.sonde.wire.debuginfo.MarkUploadFinishedRequest;
import dev.sonde.wire.debuginfo.MarkUploadFinishedResponse;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadResponse;
import dev.sonde.wire.debuginfo.UploadInstructions;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.WriteRawRequest;
import dev.sonde.wire.profilestore.WriteRawResponse;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A gRPC server on loopback that keeps what it is sent as Sonde's does: a request whole or not at all, a profile under
 * the hash of its labels and bytes. What goes wrong on the way is up to the test.
 */
public final class RecordingServer extends ProfileStoreServiceGrpc.ProfileStoreServiceImplBase
        implements AutoCloseable {

    /** Answers OK to store a request, or what to fail with. */
    interface Fault extends Function<WriteRawRequest, Status> {}

    static final Fault NONE = request -> Status.OK;

    private final Server server;
    private final Debuginfo debuginfo = new Debuginfo();
    private final List<String> arrivals = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, RawProfileSeries> stored = Collections.synchronizedMap(new LinkedHashMap<>());
    private volatile Fault before = NONE;
    private volatile Fault after = NONE;

    /** Listens on a port of loopback; 0 = any. */
    public RecordingServer(int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        server = OkHttpServerBuilder.forPort(address, InsecureServerCredentials.create())
                .addService(this)
                .addService(debuginfo)
                .build()
                .start();
    }

    /** A fault that shows before anything is stored. */
    void failBefore(Fault fault) {
        before = fault;
    }

    /** A fault that shows when all is stored: the answer is lost. */
    void failAfter(Fault fault) {
        after = fault;
    }

    /** Where it listens. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    int port() {
        return server.getPort();
    }

    /** Its debuginfo service. */
    public Debuginfo debuginfo() {
        return debuginfo;
    }

    /** The value of the label {@code service} of each profile kept, in the order in which they were kept. */
    List<String> services() {
        synchronized (stored) {
            return stored.values().stream()
                    .map(series -> labels(series).get("service"))
                    .toList();
        }
    }

    /** Every profile kept. */
    public List<RawProfileSeries> profiles() {
        synchronized (stored) {
            return List.copyOf(stored.values());
        }
    }

    /** How often profiles arrived, those refused and those known already too. */
    int arrivals() {
        return arrivals.size();
    }

    /** The labels of a series. */
    public static Map<String, String> labels(RawProfileSeries series) {
        Map<String, String> labels = new TreeMap<>();
        series.getLabels().getLabelsList().forEach(label -> labels.put(label.getName(), label.getValue()));
        return labels;
    }

    @Override
    public void writeRaw(WriteRawRequest request, StreamObserver<WriteRawResponse> answer) {
        request.getSeriesList().forEach(series -> arrivals.add(labels(series).get("service")));
        Status status = before.apply(request);
        if (status.isOk()) {
            request.getSeriesList().forEach(series -> stored.putIfAbsent(id(series), series));
            status = after.apply(request);
        }
        if (status.isOk()) {
            answer.onNext(WriteRawResponse.getDefaultInstance());
            answer.onCompleted();
        } else {
            answer.onError(status.asRuntimeException());
        }
    }

    private static String id(RawProfileSeries series) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            labels(series).forEach((name, value) -> digest.update((name + "=" + value + "\n").getBytes(UTF_8)));
            series.getSamplesList()
                    .forEach(sample -> digest.update(sample.getRawProfile().toByteArray()));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps debuginfo by build id. */
    public static final class Debuginfo extends DebuginfoServiceGrpc.DebuginfoServiceImplBase {
        private final Map<String, byte[]> uploaded = Collections.synchronizedMap(new LinkedHashMap<>());
        final List<String> finished = Collections.synchronizedList(new ArrayList<>());
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        volatile Status initiate = Status.OK;
        volatile Status question = Status.OK;
        volatile InitiateUploadRequest initiated = InitiateUploadRequest.getDefaultInstance();

        /** The build ids that something was uploaded for. */
        Set<String> builds() {
            return uploaded.keySet();
        }

        /** What was uploaded for a build id, or null. */
        public byte[] uploaded(String buildId) {
            return uploaded.get(buildId);
        }

        @Override
        public void shouldInitiateUpload(
                ShouldInitiateUploadRequest request, StreamObserver<ShouldInitiateUploadResponse> answer) {
            asked.add(request.getBuildId());
            if (!question.isOk()) {
                answer.onError(question.asRuntimeException());
                return;
            }
            answer.onNext(ShouldInitiateUploadResponse.newBuilder()
                    .setShouldInitiateUpload(!finished.contains(request.getBuildId()))
                    .build());
            answer.onCompleted();
        }

        @Override
        public void initiateUpload(InitiateUploadRequest request, StreamObserver<InitiateUploadResponse> answer) {
            initiated = request;
            if (!initiate.isOk()) {
                answer.onError(initiate.asRuntimeException());
                return;
            }
            answer.onNext(InitiateUploadResponse.newBuilder()
                    .setUploadInstructions(UploadInstructions.newBuilder()
                            .setBuildId(request.getBuildId())
                            .setUploadId("upload-of-" + request.getBuildId())
                            .setUploadStrategy(UploadInstructions.UploadStrategy.UPLOAD_STRATEGY_GRPC))
                    .build());
            answer.onCompleted();
        }

        @Override
        public StreamObserver<UploadRequest> upload(StreamObserver<UploadResponse> answer) {
            return new StreamObserver<>() {
                private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                private String buildId;

                @Override
                public void onNext(UploadRequest message) {
                    if (message.hasInfo()) {
                        buildId = message.getInfo().getBuildId();
                    }
                    bytes.writeBytes(message.getChunkData().toByteArray());
                }

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {
                    uploaded.put(buildId, bytes.toByteArray());
                    answer.onNext(UploadResponse.newBuilder()
                            .setBuildId(buildId)
                            .setSize(bytes.size())
                            .build());
                    answer.onCompleted();
                }
            };
        }

        @Override
        public void markUploadFinished(
                MarkUploadFinishedRequest request, StreamObserver<MarkUploadFinishedResponse> answer) {
            finished.add(request.getBuildId());
            answer.onNext(MarkUploadFinishedResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }
}
