package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.ProfileBuilder;
import dev.sonde.wire.debuginfo.BuildIDType;
import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc;
import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc.DebuginfoServiceBlockingStub;
import dev.sonde.wire.debuginfo.InitiateUploadRequest;
import dev.sonde.wire.debuginfo.MarkUploadFinishedRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadResponse;
import dev.sonde.wire.debuginfo.UploadInfo;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server, and debuginfo as parca-agent brings it. */
abstract class DebuginfoUploads {

    static final byte[] BUSY = resource("/parca-debuginfo/busy.elf");
    static final String BUSY_GNU = "df7047da51deda6ee78fc017829594ebf27eb2b5";
    static final String BUSY_HASH = "f0a347476644a11756e024c3c486ffbc";

    /** In leaf_a, leaf_b, work, main and in no function; see {@code nm busy.elf}. */
    static final long[] BUSY_ADDRESSES = {0x1155, 0x1170, 0x1199, 0x11f0, 0x9999};

    @TempDir
    Path data;

    TestServer server;
    DebuginfoServiceBlockingStub debuginfo;

    @BeforeEach
    void start() {
        server = TestServer.start(data);
        debuginfo = DebuginfoServiceGrpc.newBlockingStub(server.channel());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    void restart() {
        server.close();
        start();
    }

    /** The messages of a recorded body: 5 bytes of frame, then as many as the last 4 of them say. */
    static ByteString message(String name, int index) {
        ByteString rest = ByteString.copyFrom(resource("/parca-debuginfo/" + name));
        for (int i = 0; ; i++) {
            int length = rest.substring(1, 5).asReadOnlyByteBuffer().getInt();
            if (i == index) {
                return rest.substring(5, 5 + length);
            }
            rest = rest.substring(5 + length);
        }
    }

    void postAddresses(String buildId, String service) {
        ProfileBuilder builder = new ProfileBuilder(List.of(new ValueType("cpu", "nanoseconds")));
        int mapping = builder.mapping(0x1000, 0x2000, 0x1000, "/opt/busy", buildId, false);
        for (long address : BUSY_ADDRESSES) {
            builder.frame(builder.location(mapping, address, List.of())).endSample(10);
        }
        byte[] pprof = PprofWriter.write(builder.build(
                0,
                new ValueType("cpu", "nanoseconds"),
                1,
                TestServer.NOW.minusSeconds(60).toEpochMilli() * 1_000_000,
                0));
        assertThat(server.post(pprof, "?label=service=" + service).body()).isEqualTo("{\"stored\":1,\"known\":0}");
    }

    List<String> functions(String service) {
        List<String> names = new ArrayList<>();
        server.ask("top", "cpu{service=\"" + service + "\"}", "")
                .get("functions")
                .forEach(function -> names.add(function.get("name").asText() + " "
                        + function.get("kind").asText()));
        return names;
    }

    UploadResponse send(UploadRequest... messages) {
        CompletableFuture<UploadResponse> answer = new CompletableFuture<>();
        StreamObserver<UploadRequest> stream = DebuginfoServiceGrpc.newStub(server.channel())
                .upload(new StreamObserver<>() {
                    @Override
                    public void onNext(UploadResponse value) {
                        answer.complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        for (UploadRequest message : messages) {
            stream.onNext(message);
        }
        stream.onCompleted();
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw (StatusRuntimeException) e.getCause();
        }
    }

    String announce(String buildId, BuildIDType type, long size) {
        return debuginfo
                .initiateUpload(InitiateUploadRequest.newBuilder()
                        .setBuildId(buildId)
                        .setSize(size)
                        .setHash("x")
                        .setBuildIdType(type)
                        .build())
                .getUploadInstructions()
                .getUploadId();
    }

    static UploadRequest info(String buildId, String uploadId) {
        return UploadRequest.newBuilder()
                .setInfo(UploadInfo.newBuilder().setBuildId(buildId).setUploadId(uploadId))
                .build();
    }

    static UploadRequest chunk(byte[] bytes) {
        return UploadRequest.newBuilder()
                .setChunkData(ByteString.copyFrom(bytes))
                .build();
    }

    void finish(String buildId, String uploadId) {
        debuginfo.markUploadFinished(MarkUploadFinishedRequest.newBuilder()
                .setBuildId(buildId)
                .setUploadId(uploadId)
                .build());
    }

    void upload(String buildId, BuildIDType type, byte[] elf) {
        String id = announce(buildId, type, elf.length);
        send(info(buildId, id), chunk(elf));
        finish(buildId, id);
    }

    ShouldInitiateUploadResponse should(String buildId) {
        return debuginfo.shouldInitiateUpload(
                ShouldInitiateUploadRequest.newBuilder().setBuildId(buildId).build());
    }

    interface Call {
        void run();
    }

    static Status status(Call call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    }

    long filesBelow(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("symbols").resolve(folder))) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
