package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debuginfo as parca-agent brings it, requests byte for byte but for the upload's id; the names that profiles get by it,
 * and files that are no debuginfo.
 */
final class SymbolsIT {

    private static final byte[] BUSY = resource("/parca-debuginfo/busy.elf");
    private static final String BUSY_GNU = "df7047da51deda6ee78fc017829594ebf27eb2b5";
    private static final String BUSY_HASH = "f0a347476644a11756e024c3c486ffbc";

    /** In leaf_a, leaf_b, work, main and in no function; see {@code nm busy.elf}. */
    private static final long[] BUSY_ADDRESSES = {0x1155, 0x1170, 0x1199, 0x11f0, 0x9999};

    @TempDir
    private Path data;

    private TestServer server;
    private DebuginfoServiceBlockingStub debuginfo;

    @BeforeEach
    void start() {
        server = TestServer.start(data);
        debuginfo = DebuginfoServiceGrpc.newBlockingStub(server.channel());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart() {
        server.close();
        start();
    }

    /** The messages of a recorded body: 5 bytes of frame, then as many as the last 4 of them say. */
    private static ByteString message(String name, int index) {
        ByteString rest = ByteString.copyFrom(resource("/parca-debuginfo/" + name));
        for (int i = 0; ; i++) {
            int length = rest.substring(1, 5).asReadOnlyByteBuffer().getInt();
            if (i == index) {
                return rest.substring(5, 5 + length);
            }
            rest = rest.substring(5 + length);
        }
    }

    private void postAddresses(String buildId, String service) {
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

    private List<String> functions(String service) {
        List<String> names = new ArrayList<>();
        server.ask("top", "cpu{service=\"" + service + "\"}", "")
                .get("functions")
                .forEach(function -> names.add(function.get("name").asText() + " "
                        + function.get("kind").asText()));
        return names;
    }

    private UploadResponse send(UploadRequest... messages) {
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

    private String announce(String buildId, BuildIDType type, long size) {
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

    private static UploadRequest info(String buildId, String uploadId) {
        return UploadRequest.newBuilder()
                .setInfo(UploadInfo.newBuilder().setBuildId(buildId).setUploadId(uploadId))
                .build();
    }

    private static UploadRequest chunk(byte[] bytes) {
        return UploadRequest.newBuilder()
                .setChunkData(ByteString.copyFrom(bytes))
                .build();
    }

    private void finish(String buildId, String uploadId) {
        debuginfo.markUploadFinished(MarkUploadFinishedRequest.newBuilder()
                .setBuildId(buildId)
                .setUploadId(uploadId)
                .build());
    }

    private void upload(String buildId, BuildIDType type, byte[] elf) {
        String id = announce(buildId, type, elf.length);
        send(info(buildId, id), chunk(elf));
        finish(buildId, id);
    }

    private ShouldInitiateUploadResponse should(String buildId) {
        return debuginfo.shouldInitiateUpload(
                ShouldInitiateUploadRequest.newBuilder().setBuildId(buildId).build());
    }

    private interface Call {
        void run();
    }

    private static Status status(Call call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    }

    private long filesBelow(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("symbols").resolve(folder))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void parcaAgentsRequestsAreUnderstood() throws InvalidProtocolBufferException {
        ShouldInitiateUploadRequest asked =
                ShouldInitiateUploadRequest.parseFrom(message("hash-ShouldInitiateUpload.req.bin", 0));
        assertThat(debuginfo.shouldInitiateUpload(asked).getShouldInitiateUpload())
                .isTrue();
        String id = debuginfo
                .initiateUpload(InitiateUploadRequest.parseFrom(message("hash-InitiateUpload.req.bin", 0)))
                .getUploadInstructions()
                .getUploadId();
        UploadRequest info = UploadRequest.parseFrom(message("hash-Upload.req.bin", 0));
        UploadRequest chunk = UploadRequest.parseFrom(message("hash-Upload.req.bin", 1));
        UploadRequest ours = info.toBuilder()
                .setInfo(info.getInfo().toBuilder().setUploadId(id))
                .build();
        UploadResponse response = send(ours, chunk);
        assertThat(response.getSize()).isEqualTo(7701);
        MarkUploadFinishedRequest finished =
                MarkUploadFinishedRequest.parseFrom(message("hash-MarkUploadFinished.req.bin", 0)).toBuilder()
                        .setUploadId(id)
                        .build();
        debuginfo.markUploadFinished(finished);

        ShouldInitiateUploadResponse again = debuginfo.shouldInitiateUpload(asked);
        assertThat(again.getShouldInitiateUpload()).isFalse();
        assertThat(again.getReason()).contains("here already");
        // As Parca answers them: a client whose answer was lost sends them once more.
        assertThat(send(ours, chunk).getBuildId()).isEqualTo(BUSY_HASH);
        debuginfo.markUploadFinished(finished);
    }

    @Test
    void namesAreAppliedToWhatCameBefore() {
        postAddresses(BUSY_HASH, "before");
        assertThat(functions("before")).contains("busy+0x1155 native", "busy+0x9999 native");

        upload(BUSY_HASH, BuildIDType.BUILD_ID_TYPE_HASH, BUSY);
        assertThat(functions("before"))
                .containsExactlyInAnyOrder(
                        "leaf_a native", "leaf_b native", "work native", "main native", "busy+0x9999 native");
        assertThat(server.metric("sonde_server_symbolized_total{outcome=\"named\"}"))
                .isEqualTo(4);
        // Asked again, what is known is not looked up again.
        functions("before");
        assertThat(server.metric("sonde_server_symbolized_total{outcome=\"named\"}"))
                .isEqualTo(4);
        assertThat(server.metric("sonde_server_symbolized_total{outcome=\"no_symbol\"}"))
                .isEqualTo(1);
    }

    /** The file without its .symtab, as a stripped one is: its section header is said to be of other data. */
    private static byte[] stripped(byte[] elf) {
        ByteBuffer file = ByteBuffer.wrap(elf.clone()).order(ByteOrder.LITTLE_ENDIAN);
        // elf(5): e_shoff at 40, e_shnum at 60, headers of 64 bytes with sh_type at 4; SHT_SYMTAB = 2, SHT_PROGBITS =
        // 1.
        int headers = (int) file.getLong(40);
        for (int i = 0; i < file.getShort(60); i++) {
            int type = headers + 64 * i + 4;
            if (file.getInt(type) == 2) {
                file.putInt(type, 1);
            }
        }
        return file.array();
    }

    private void uploadForced(byte[] elf) {
        String id = debuginfo
                .initiateUpload(InitiateUploadRequest.newBuilder()
                        .setBuildId(BUSY_HASH)
                        .setSize(elf.length)
                        .setForce(true)
                        .setBuildIdType(BuildIDType.BUILD_ID_TYPE_HASH)
                        .build())
                .getUploadInstructions()
                .getUploadId();
        send(info(BUSY_HASH, id), chunk(elf));
        finish(BUSY_HASH, id);
    }

    @Test
    void aForcedUploadReplacesWhatHasFewerSymbolsAndNothingElse() throws IOException {
        postAddresses(BUSY_HASH, "forced");
        upload(BUSY_HASH, BuildIDType.BUILD_ID_TYPE_HASH, stripped(BUSY));
        assertThat(functions("forced")).contains("busy+0x1155 native").doesNotContain("leaf_a native");
        assertThat(should(BUSY_HASH).getShouldInitiateUpload()).isFalse();
        assertThat(debuginfo
                        .shouldInitiateUpload(ShouldInitiateUploadRequest.newBuilder()
                                .setBuildId(BUSY_HASH)
                                .setForce(true)
                                .build())
                        .getShouldInitiateUpload())
                .isTrue();

        uploadForced(BUSY);
        List<String> named =
                List.of("leaf_a native", "leaf_b native", "work native", "main native", "busy+0x9999 native");
        assertThat(functions("forced")).containsExactlyInAnyOrderElementsOf(named);

        Path kept = data.resolve("symbols/debuginfo")
                .resolve(BUSY_HASH.substring(0, 2))
                .resolve(BUSY_HASH);
        assertThat(kept).hasBinaryContent(BUSY);
        uploadForced(stripped(BUSY));
        assertThat(kept).hasBinaryContent(BUSY);
        assertThat(functions("forced")).containsExactlyInAnyOrderElementsOf(named);
        assertThat(filesBelow("incoming")).isZero();
    }

    @Test
    void libjvmIsWantedAndItsSizeAllowed() throws InvalidProtocolBufferException {
        ShouldInitiateUploadRequest asked =
                ShouldInitiateUploadRequest.parseFrom(message("gnu-ShouldInitiateUpload.req.bin", 0));
        assertThat(debuginfo.shouldInitiateUpload(asked).getShouldInitiateUpload())
                .isTrue();
        InitiateUploadRequest announced = InitiateUploadRequest.parseFrom(message("gnu-InitiateUpload.req.bin", 0));
        assertThat(debuginfo.initiateUpload(announced).getUploadInstructions().getUploadId())
                .isNotEmpty();
        // While it is on its way nobody else is asked for it.
        assertThat(debuginfo.shouldInitiateUpload(asked).getReason()).contains("under way");
        assertThat(status(() -> debuginfo.initiateUpload(announced)).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void namesOutliveARestartAndTheDebuginfo() throws IOException {
        postAddresses(BUSY_GNU, "api");
        upload(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY);
        List<String> named = functions("api");
        assertThat(named).contains("leaf_a native");

        restart();
        assertThat(functions("api")).isEqualTo(named);
        assertThat(server.metric("sonde_server_symbolized_total{outcome=\"named\"}"))
                .isZero();

        server.close();
        Files.delete(data.resolve("symbols/debuginfo/df").resolve(BUSY_GNU));
        start();
        assertThat(functions("api")).isEqualTo(named);
        assertThat(should(BUSY_GNU).getShouldInitiateUpload()).isTrue();
    }

    @Test
    void debuginfoThatTheDiskLostIsAskedForAgain() throws IOException {
        upload(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY);
        restart();
        Files.write(data.resolve("symbols/debuginfo/df").resolve(BUSY_GNU), new byte[100]);
        postAddresses(BUSY_GNU, "api");
        assertThat(functions("api")).contains("busy+0x1155 native");
        assertThat(should(BUSY_GNU).getShouldInitiateUpload()).isTrue();

        upload(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY);
        assertThat(functions("api")).contains("leaf_a native");
    }

    @Test
    void garbageIsRefusedAndLeavesNothing() throws IOException {
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        String id = announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, garbage.length);
        send(info(BUSY_GNU, id), chunk(garbage));
        Status status = status(() -> finish(BUSY_GNU, id));

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains("(expected: ");
        assertThat(server.rejected("elf_not_elf")).isEqualTo(1);
        assertThat(filesBelow("incoming")).isZero();
        assertThat(filesBelow("debuginfo")).isZero();
        assertThat(should(BUSY_GNU).getReason()).isEqualTo("the earlier upload was unusable");

        upload(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY);
        postAddresses(BUSY_GNU, "api");
        assertThat(functions("api")).contains("leaf_a native");
    }

    @Test
    void damagedElfFilesNeverFailTheServer() {
        for (int i = 0; i < 60; i++) {
            byte[] damaged = BUSY.clone();
            Random random = new Random(i);
            for (int k = 0; k < 40; k++) {
                int at = random.nextInt(k % 2 == 0 ? 200 : damaged.length);
                damaged[at] = (byte) random.nextInt();
            }
            String buildId = "%040x".formatted(i + 1);
            String id = announce(buildId, BuildIDType.BUILD_ID_TYPE_HASH, damaged.length);
            send(info(buildId, id), chunk(damaged));
            try {
                finish(buildId, id);
                postAddresses(buildId, "damaged" + i);
                assertThat(functions("damaged" + i)).isNotEmpty();
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
        }
    }

    @Test
    void aFileOfAnotherBuildIdIsRefused() {
        String claimed = "00".repeat(20);
        String id = announce(claimed, BuildIDType.BUILD_ID_TYPE_GNU, BUSY.length);
        send(info(claimed, id), chunk(BUSY));
        Status status = status(() -> finish(claimed, id));

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains(claimed, BUSY_GNU);
        assertThat(server.rejected("build_id_mismatch")).isEqualTo(1);
    }

    @Test
    void whatIsUnusableThreeTimesIsNotAskedForAtOnce() {
        for (int i = 0; i < 3; i++) {
            assertThat(should(BUSY_GNU).getShouldInitiateUpload()).isTrue();
            String id = announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, 4);
            send(info(BUSY_GNU, id), chunk(new byte[4]));
            assertThat(status(() -> finish(BUSY_GNU, id)).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(should(BUSY_GNU).getShouldInitiateUpload()).isFalse();
        assertThat(should(BUSY_GNU).getReason()).contains("were unusable");
    }

    @Test
    void idsThatAreNoIdsAreRefused() throws IOException {
        for (String id : List.of("", "../../../etc/passwd", "abc", "ABCD", "zz", "a".repeat(130), "ab/cd", "ab\0cd")) {
            assertThat(status(() -> should(id)).getCode()).as(id).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status(() -> announce(id, BuildIDType.BUILD_ID_TYPE_GNU, 10))
                            .getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status(() -> send(info(id, "x"), chunk(new byte[1]))).getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status(() -> finish(id, "x")).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(filesBelow("")).isZero();
    }

    @Test
    void sizesAreHeldToWhatWasAnnounced() throws IOException {
        assertThat(status(() -> announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, 1L << 40))
                        .getDescription())
                .contains("1099511627776 (expected: 1 to 536870912)");
        assertThat(status(() -> announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, -1))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);

        String id = announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY.length);
        byte[] half = Arrays.copyOf(BUSY, BUSY.length / 2);
        assertThat(status(() -> send(info(BUSY_GNU, id), chunk(half))).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> send(info(BUSY_GNU, id), chunk(BUSY), chunk(half)))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> finish(BUSY_GNU, id)).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(server.rejected("upload_size")).isEqualTo(4);

        // The same upload may begin again and then come whole, in as many chunks as it likes.
        byte[] rest = Arrays.copyOfRange(BUSY, half.length, BUSY.length);
        send(info(BUSY_GNU, id), chunk(half), chunk(rest));
        finish(BUSY_GNU, id);
        assertThat(filesBelow("incoming")).isZero();
    }

    @Test
    void messagesOutOfOrderAreRefused() {
        assertThat(status(() -> send(chunk(BUSY))).getDescription()).contains("a chunk first");
        assertThat(status(() -> send()).getDescription()).contains("no message");
        assertThat(status(() -> send(info(BUSY_GNU, "nobody's"))).getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> finish(BUSY_GNU, "nobody's")).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void uploadsUnderWayAreBounded() {
        for (int i = 0; i < 16; i++) {
            announce("%040x".formatted(i), BuildIDType.BUILD_ID_TYPE_GNU, 10);
        }
        Status status = status(() -> announce("ff".repeat(20), BuildIDType.BUILD_ID_TYPE_GNU, 10));
        assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void whatWasHalfDoneIsGoneAfterARestart() throws IOException {
        String id = announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, BUSY.length);
        send(info(BUSY_GNU, id), chunk(BUSY));
        assertThat(filesBelow("incoming")).isEqualTo(1);

        restart();
        assertThat(filesBelow("incoming")).isZero();
        assertThat(should(BUSY_GNU).getShouldInitiateUpload()).isTrue();
        assertThat(status(() -> finish(BUSY_GNU, id)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void filesLargerThanAMessageComeInChunks() {
        // Over the bound of other requests; zeros behind the end of an ELF file change nothing.
        byte[] large = Arrays.copyOf(BUSY, HttpServer.MAX_BODY_BYTES + (16 << 20));
        String id = announce(BUSY_GNU, BuildIDType.BUILD_ID_TYPE_GNU, large.length);
        UploadRequest[] messages = new UploadRequest[1 + large.length / (8 << 20)];
        messages[0] = info(BUSY_GNU, id);
        for (int i = 1; i < messages.length; i++) {
            messages[i] = chunk(Arrays.copyOfRange(large, (i - 1) * (8 << 20), i * (8 << 20)));
        }
        assertThat(send(messages).getSize()).isEqualTo(large.length);
        finish(BUSY_GNU, id);

        postAddresses(BUSY_GNU, "api");
        assertThat(functions("api")).contains("leaf_a native");
        assertThat(server.metric("sonde_server_debuginfo_bytes")).isEqualTo(large.length);
    }
}
