package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import dev.sonde.wire.profilestore.Label;
import dev.sonde.wire.profilestore.LabelSet;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc.ProfileStoreServiceBlockingStub;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.RawSample;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles come in by curl and by gRPC, whole requests or nothing, each once. */
final class IngestIT {

    private static final byte[] CPU = resource("/go-pprof/profile.pb.gz");
    private static final long CPU_NANOS = 2_290_000_000L;

    @TempDir
    private Path data;

    private TestServer server;
    private ProfileStoreServiceBlockingStub grpc;

    @BeforeEach
    void start() {
        server = TestServer.start(data);
        grpc = ProfileStoreServiceGrpc.newBlockingStub(server.channel());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static RawProfileSeries series(String service, byte[]... profiles) {
        RawProfileSeries.Builder series = RawProfileSeries.newBuilder()
                .setLabels(LabelSet.newBuilder()
                        .addLabels(Label.newBuilder().setName("__name__").setValue("process_cpu"))
                        .addLabels(Label.newBuilder().setName("service").setValue(service)));
        for (byte[] profile : profiles) {
            series.addSamples(RawSample.newBuilder().setRawProfile(ByteString.copyFrom(profile)));
        }
        return series.build();
    }

    private long total(String query) {
        return server.ask("flame", query, "&to=2026-11-21T02:10:01Z")
                .get("total_value")
                .asLong();
    }

    @Test
    void curlStoresOneProfileOnce() {
        HttpResponse<String> first = server.post(CPU, "?label=service=api&label=version=1");
        HttpResponse<String> second = server.post(CPU, "?label=version=1&label=service=api");

        assertThat(first.body()).isEqualTo("{\"stored\":1,\"known\":0}");
        assertThat(second.body()).isEqualTo("{\"stored\":0,\"known\":1}");
        assertThat(total("cpu{service=\"api\",version=\"1\"}")).isEqualTo(CPU_NANOS);
        assertThat(server.metric("sonde_server_profiles_ingested_total")).isEqualTo(1);
        assertThat(server.metric("sonde_server_profiles_duplicate_total")).isEqualTo(1);
    }

    @Test
    void otherLabelsMakeAnotherProfile() {
        server.post(CPU, "?label=service=a");
        server.post(CPU, "?label=service=b");

        assertThat(total("cpu")).isEqualTo(2 * CPU_NANOS);
        assertThat(total("cpu{service=\"b\"}")).isEqualTo(CPU_NANOS);
    }

    @Test
    void grpcStoresAllSeriesOfARequest() {
        WriteRawRequest request = WriteRawRequest.newBuilder()
                .addSeries(series("a", CPU, resource("/go-pprof/cpu-labels.pb.gz")))
                .addSeries(series("b", CPU))
                .build();
        grpc.writeRaw(request);
        grpc.writeRaw(request);

        assertThat(total("cpu{service=\"a\"}")).isEqualTo(CPU_NANOS + 6_840_000_000L);
        assertThat(total("cpu{service=\"b\"}")).isEqualTo(CPU_NANOS);
        assertThat(server.metric("sonde_server_profiles_ingested_total")).isEqualTo(3);
        assertThat(server.metric("sonde_server_profiles_duplicate_total")).isEqualTo(3);
    }

    @Test
    void grpcAndCurlKnowOneAnothersProfiles() {
        grpc.writeRaw(WriteRawRequest.newBuilder().addSeries(series("a", CPU)).build());

        assertThat(server.post(CPU, "?label=service=a&label=__name__=process_cpu")
                        .body())
                .isEqualTo("{\"stored\":0,\"known\":1}");
    }

    @Test
    void oneBadProfileRefusesTheRequest() {
        WriteRawRequest request = WriteRawRequest.newBuilder()
                .addSeries(series("good", CPU))
                .addSeries(series("bad", CPU, new byte[] {1, 2, 3}))
                .build();

        assertThatThrownBy(() -> grpc.writeRaw(request)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(e.getStatus().getDescription()).contains("service=\"bad\"", "profile 2", "(expected: ");
        });
        assertThat(server.json(server.get("/api/v1/types")).get("types")).isEmpty();
        assertThat(server.metric("sonde_server_profiles_ingested_total")).isZero();

        grpc.writeRaw(
                WriteRawRequest.newBuilder().addSeries(series("good", CPU)).build());
        assertThat(total("cpu{service=\"good\"}")).isEqualTo(CPU_NANOS);
    }

    @Test
    void anEmptyRequestIsRefused() {
        assertThatThrownBy(() -> grpc.writeRaw(WriteRawRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
        assertThat(server.rejected("empty")).isEqualTo(1);
    }

    @Test
    void aProfileThatCountsSamplesOnlyGetsItsNanoseconds() {
        // As parca-agent's: samples/count, and a period that says what one stands for.
        ProfileBuilder builder = new ProfileBuilder(List.of(new ValueType("samples", "count")));
        int function = builder.function("main", "main", "", 0);
        builder.frame(builder.location(Profile.NONE, 0, List.of(new ProfileBuilder.Line(function, 1))));
        builder.endSample(3);
        byte[] pprof = PprofWriter.write(builder.build(0, new ValueType("cpu", "nanoseconds"), 52_631_578, 0, 0));

        assertThat(server.post(pprof, "?label=__name__=parca_agent").statusCode())
                .isEqualTo(200);
        assertThat(total("cpu")).isEqualTo(3 * 52_631_578L);
        assertThat(total("cpu.samples")).isEqualTo(3);
    }
}
