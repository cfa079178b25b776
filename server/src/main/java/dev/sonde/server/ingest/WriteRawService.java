package dev.sonde.server.ingest;

import dev.sonde.server.store.StoreException;
import dev.sonde.wire.profilestore.LabelSet;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc.ProfileStoreServiceImplBase;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.RawSample;
import dev.sonde.wire.profilestore.WriteRawRequest;
import dev.sonde.wire.profilestore.WriteRawResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

/** Parca's {@code ProfileStoreService/WriteRaw}. Blocks. Failures are handed on as they are, for one place maps them. */
public final class WriteRawService extends ProfileStoreServiceImplBase {

    private final Ingest ingest;

    public WriteRawService(Ingest ingest) {
        this.ingest = ingest;
    }

    @Override
    public void writeRaw(WriteRawRequest request, StreamObserver<WriteRawResponse> answer) {
        try {
            ingest.ingest(profilesOf(request));
        } catch (IngestException | StoreException | OverloadedException e) {
            answer.onError(e);
            return;
        }
        answer.onNext(WriteRawResponse.getDefaultInstance());
        answer.onCompleted();
    }

    private static List<IncomingProfile> profilesOf(WriteRawRequest request) {
        List<IncomingProfile> profiles = new ArrayList<>();
        for (RawProfileSeries series : request.getSeriesList()) {
            List<IncomingProfile.Label> labels = labelsOf(series.getLabels());
            for (RawSample sample : series.getSamplesList()) {
                profiles.add(new IncomingProfile(labels, sample.getRawProfile().toByteArray()));
            }
        }
        return profiles;
    }

    private static List<IncomingProfile.Label> labelsOf(LabelSet set) {
        return set.getLabelsList().stream()
                .map(label -> new IncomingProfile.Label(label.getName(), label.getValue()))
                .toList();
    }
}
