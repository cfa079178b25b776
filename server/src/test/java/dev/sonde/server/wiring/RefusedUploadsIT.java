package dev.sonde.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.wire.debuginfo.BuildIDType;
import dev.sonde.wire.debuginfo.UploadRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Debuginfo that is none, comes out of order or is too much: refused in words, and nothing is left of it. */
final class RefusedUploadsIT extends DebuginfoUploads {

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
