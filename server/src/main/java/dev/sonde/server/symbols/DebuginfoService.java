package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.wire.debuginfo.BuildIDType;
import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc.DebuginfoServiceImplBase;
import dev.sonde.wire.debuginfo.DebuginfoType;
import dev.sonde.wire.debuginfo.InitiateUploadRequest;
import dev.sonde.wire.debuginfo.InitiateUploadResponse;
import dev.sonde.wire.debuginfo.MarkUploadFinishedRequest;
import dev.sonde.wire.debuginfo.MarkUploadFinishedResponse;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadResponse;
import dev.sonde.wire.debuginfo.UploadInstructions;
import dev.sonde.wire.debuginfo.UploadInstructions.UploadStrategy;
import dev.sonde.wire.debuginfo.UploadRequest;
import dev.sonde.wire.debuginfo.UploadResponse;
import io.grpc.stub.StreamObserver;

/**
 * Parca's {@code DebuginfoService}. Blocks. With {@code force} a file may come for a build id that has one: the one with
 * more symbols stays. Failures are handed on as they are, for one place maps them.
 */
final class DebuginfoService extends DebuginfoServiceImplBase {

    private final DebuginfoStore store;

    DebuginfoService(DebuginfoStore store) {
        this.store = store;
    }

    @Override
    public void shouldInitiateUpload(
            ShouldInitiateUploadRequest request, StreamObserver<ShouldInitiateUploadResponse> answer) {
        answer(answer, () -> {
            Uploads.Decision decision = request.getType() == DebuginfoType.DEBUGINFO_TYPE_DEBUGINFO_UNSPECIFIED
                    ? store.decide(request.getBuildId(), request.getForce())
                    : new Uploads.Decision(false, "only debuginfo is kept, no executables and no sources");
            return ShouldInitiateUploadResponse.newBuilder()
                    .setShouldInitiateUpload(decision.wanted())
                    .setReason(decision.reason())
                    .build();
        });
    }

    @Override
    public void initiateUpload(InitiateUploadRequest request, StreamObserver<InitiateUploadResponse> answer) {
        answer(answer, () -> {
            if (request.getType() != DebuginfoType.DEBUGINFO_TYPE_DEBUGINFO_UNSPECIFIED) {
                throw new SymbolException(
                        SymbolException.Kind.NOT_WANTED, "upload_not_wanted", "only debuginfo is kept");
            }
            String id = store.announce(
                    request.getBuildId(), typeOf(request.getBuildIdType()), request.getSize(), request.getForce());
            return InitiateUploadResponse.newBuilder()
                    .setUploadInstructions(UploadInstructions.newBuilder()
                            .setBuildId(request.getBuildId())
                            .setUploadId(id)
                            .setUploadStrategy(UploadStrategy.UPLOAD_STRATEGY_GRPC)
                            .setType(request.getType()))
                    .build();
        });
    }

    @Override
    public StreamObserver<UploadRequest> upload(StreamObserver<UploadResponse> answer) {
        return new UploadReceiver(store, answer);
    }

    @Override
    public void markUploadFinished(
            MarkUploadFinishedRequest request, StreamObserver<MarkUploadFinishedResponse> answer) {
        answer(answer, () -> {
            store.finish(request.getUploadId(), request.getBuildId());
            return MarkUploadFinishedResponse.getDefaultInstance();
        });
    }

    /** Ids of type HASH and GO come from another hashing than the file's note: the note need not say the same. */
    private static BuildId.Type typeOf(BuildIDType type) {
        return type == BuildIDType.BUILD_ID_TYPE_HASH || type == BuildIDType.BUILD_ID_TYPE_GO
                ? BuildId.Type.HASH
                : BuildId.Type.GNU;
    }

    private interface Call<T> {
        T run() throws SymbolException;
    }

    private static <T> void answer(StreamObserver<T> answer, Call<T> call) {
        T value;
        try {
            value = call.run();
        } catch (SymbolException e) {
            answer.onError(e);
            return;
        }
        answer.onNext(value);
        answer.onCompleted();
    }
}
