package dev.sonde.server.symbols;

import dev.sonde.server.symbols.SymbolException.Kind;
import dev.sonde.wire.debuginfo.UploadInfo;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of {@code Upload}: an info message, then chunks. Its calls come one after the other. */
final class UploadReceiver implements StreamObserver<UploadRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(UploadReceiver.class);

    private final DebuginfoStore store;
    private final StreamObserver<UploadResponse> answer;
    private UploadInfo info;
    /** Null where the debuginfo is here already: what comes is let go. */
    private Upload upload;

    private boolean failed;

    UploadReceiver(DebuginfoStore store, StreamObserver<UploadResponse> answer) {
        this.store = store;
        this.answer = answer;
    }

    @Override
    public void onNext(UploadRequest request) {
        if (failed) {
            return;
        }
        try {
            receive(request);
        } catch (SymbolException e) {
            fail(e);
        } catch (IOException e) {
            fail(DebuginfoStore.storage(e));
        }
    }

    private void receive(UploadRequest request) throws SymbolException, IOException {
        if (request.hasInfo()) {
            if (info != null) {
                throw outOfOrder("a second info message (expected: chunks)");
            }
            info = request.getInfo();
            upload = store.begin(info.getUploadId(), info.getBuildId()).orElse(null);
            return;
        }
        if (info == null) {
            throw outOfOrder("a chunk first (expected: the info message)");
        }
        if (upload != null) {
            upload.write(request.getChunkData().asReadOnlyByteBuffer(), store.now());
        }
    }

    private static SymbolException outOfOrder(String what) {
        return new SymbolException(Kind.INVALID, "upload_order", "upload: " + what);
    }

    @Override
    public void onCompleted() {
        if (failed) {
            return;
        }
        try {
            if (info == null) {
                throw outOfOrder("no message (expected: the info message, then chunks)");
            }
            if (upload != null) {
                upload.end();
            }
        } catch (SymbolException e) {
            fail(e);
            return;
        } catch (IOException e) {
            fail(DebuginfoStore.storage(e));
            return;
        }
        answer.onNext(UploadResponse.newBuilder()
                .setBuildId(info.getBuildId())
                .setSize(upload == null ? 0 : upload.receivedBytes())
                .build());
        answer.onCompleted();
    }

    @Override
    public void onError(Throwable failure) {
        breakOff();
    }

    private void fail(SymbolException e) {
        failed = true;
        breakOff();
        answer.onError(e);
    }

    private void breakOff() {
        if (upload != null) {
            try {
                upload.breakOff();
            } catch (IOException e) {
                LOG.warn("cannot close {}", upload.path(), e);
            }
        }
    }
}
