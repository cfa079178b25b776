package dev.sonde.agent.ship;

import com.google.protobuf.ByteString;
import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc;
import dev.sonde.wire.debuginfo.UploadInfo;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** One Upload call: the info message, then the file in chunks, each only when the connection has room for it. */
final class ChunkUpload implements ClientResponseObserver<UploadRequest, UploadResponse> {

    /** Well under the 4 MiB that gRPC servers take, and one is all that is in memory. */
    private static final int CHUNK_BYTES = 256 << 10;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Semaphore ready = new Semaphore(0);
    private ClientCallStreamObserver<UploadRequest> call;
    private volatile Status failure;

    /**
     * Uploads a file; returns when the server has it.
     *
     * @throws io.grpc.StatusRuntimeException when the server refuses it or fails
     * @throws IOException when the file cannot be read
     */
    static void run(DebuginfoServiceGrpc.DebuginfoServiceStub stub, UploadInfo info, Path file)
            throws IOException, InterruptedException {
        ChunkUpload upload = new ChunkUpload();
        stub.upload(upload);
        try {
            upload.send(UploadRequest.newBuilder().setInfo(info).build());
            upload.sendFile(file);
            upload.call.onCompleted();
        } catch (IOException | InterruptedException | RuntimeException e) {
            upload.call.cancel("the agent gave up", e);
            throw e;
        }
        upload.done.await();
        if (upload.failure != null) {
            throw upload.failure.asRuntimeException();
        }
    }

    private void sendFile(Path file) throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(chunk, 0, CHUNK_BYTES);
            while (length > 0 && failure == null) {
                send(UploadRequest.newBuilder()
                        .setChunkData(ByteString.copyFrom(chunk, 0, length))
                        .build());
                length = in.readNBytes(chunk, 0, CHUNK_BYTES);
            }
        }
    }

    private void send(UploadRequest message) throws InterruptedException {
        while (!call.isReady() && failure == null && done.getCount() > 0) {
            ready.acquire();
            ready.drainPermits();
        }
        if (failure == null && done.getCount() > 0) {
            call.onNext(message);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<UploadRequest> stream) {
        call = stream;
        call.setOnReadyHandler(ready::release);
    }

    @Override
    public void onNext(UploadResponse response) {}

    @Override
    public void onError(Throwable error) {
        failure = Status.fromThrowable(error);
        done.countDown();
        ready.release();
    }

    @Override
    public void onCompleted() {
        done.countDown();
        ready.release();
    }
}
