package dev.sonde.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sonde.wire.debuginfo.BuildIDType;
import dev.sonde.wire.debuginfo.InitiateUploadRequest;
import dev.sonde.wire.debuginfo.MarkUploadFinishedRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadResponse;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Debuginfo as parca-agent brings it, requests byte for byte but for the upload's id, and the names that profiles get by
 * it.
 */
final class SymbolsIT extends DebuginfoUploads {

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
}
