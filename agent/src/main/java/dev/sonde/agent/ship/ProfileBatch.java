package dev.sonde.agent.ship;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sonde.agent.count.Counts;
import dev.sonde.model.Labels;
import dev.sonde.wire.profilestore.Label;
import dev.sonde.wire.profilestore.LabelSet;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.RawSample;
import dev.sonde.wire.profilestore.WriteRawRequest;
import java.util.function.Consumer;

/**
 * Gathers the profiles of a window into requests of bounded size. The bytes of a request are made once and are the same
 * at every retry: the server knows a profile again by them.
 */
public final class ProfileBatch {

    /** gRPC servers refuse messages of more than 4 MiB unless told otherwise: room is left for labels. */
    static final int MAX_REQUEST_BYTES = 3 << 20;

    /** One profile may be larger than a batch, and goes alone; Sonde's server takes this much. */
    static final int MAX_PROFILE_BYTES = 16 << 20;

    private static final String TYPE_LABEL = "__name__";

    private final Consumer<byte[]> requests;
    private final Counts<ShipDrop> drops;
    private WriteRawRequest.Builder request = newRequest();
    private int bytes;

    /**
     * @param requests takes each serialized WriteRawRequest
     */
    public ProfileBatch(Consumer<byte[]> requests, Counts<ShipDrop> drops) {
        this.requests = requests;
        this.drops = drops;
    }

    /** Adds the pprof of one series; the array must not change any more. */
    public void add(String type, Labels series, byte[] pprof) {
        if (pprof.length > MAX_PROFILE_BYTES) {
            drops.increment(ShipDrop.TOO_LARGE);
            return;
        }
        RawProfileSeries message = message(type, series, pprof);
        int size = message.getSerializedSize();
        if (bytes > 0 && bytes + size > MAX_REQUEST_BYTES) {
            flush();
        }
        request.addSeries(message);
        bytes += size;
    }

    /** Hands on what was gathered. */
    public void flush() {
        if (bytes > 0) {
            requests.accept(request.build().toByteArray());
            request = newRequest();
            bytes = 0;
        }
    }

    private static WriteRawRequest.Builder newRequest() {
        return WriteRawRequest.newBuilder().setNormalized(true);
    }

    private static RawProfileSeries message(String type, Labels series, byte[] pprof) {
        LabelSet.Builder labels = LabelSet.newBuilder();
        labels.addLabels(Label.newBuilder().setName(TYPE_LABEL).setValue(type));
        series.forEach((name, value) ->
                labels.addLabels(Label.newBuilder().setName(name).setValue(value)));
        ByteString raw = UnsafeByteOperations.unsafeWrap(pprof);
        return RawProfileSeries.newBuilder()
                .setLabels(labels)
                .addSamples(RawSample.newBuilder().setRawProfile(raw))
                .build();
    }
}
