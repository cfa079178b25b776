package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.RawSample;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More than the server takes at once: told to come again or refused for good, and the server goes on. */
final class OverloadIT {

    @TempDir
    private Path data;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aGrpcMessageOverTheBoundIsRefusedForGood() {
        WriteRawRequest huge = WriteRawRequest.newBuilder()
                .addSeries(RawProfileSeries.newBuilder()
                        .addSamples(RawSample.newBuilder()
                                .setRawProfile(ByteString.copyFrom(new byte[HttpServer.MAX_BODY_BYTES + 1]))))
                .build();
        assertRefusedForGood(huge, null);
    }

    @Test
    void aGrpcBombIsRefusedForGood() {
        // A hundred kilobytes that unpack to 100 MB before anything of ours sees them.
        WriteRawRequest bomb = WriteRawRequest.newBuilder()
                .addSeries(RawProfileSeries.newBuilder()
                        .addSamples(RawSample.newBuilder().setRawProfile(ByteString.copyFrom(new byte[100 << 20]))))
                .build();
        assertRefusedForGood(bomb, "gzip");
    }

    private void assertRefusedForGood(WriteRawRequest request, String compression) {
        CallOptions options = CallOptions.DEFAULT.withCompression(compression);
        try {
            ClientCalls.blockingUnaryCall(
                    server.channel(), ProfileStoreServiceGrpc.getWriteRawMethod(), options, request);
            throw new AssertionError("accepted");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(server.rejected("body_too_large")).isEqualTo(1);
        assertThat(server.post(resource("/go-pprof/profile.pb.gz"), "?label=service=good")
                        .statusCode())
                .isEqualTo(200);
    }

    private void awaitRejected(String reason) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (server.rejected(reason) == 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(server.rejected(reason)).isEqualTo(1);
    }

    private Status callWithGarbage(String method) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        byte[] garbage = {0x12, 0x7f, 1, 2, 3};
        return catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> ClientCalls.blockingUnaryCall(server.channel(), descriptor, CallOptions.DEFAULT, garbage))
                .getStatus();
    }

    @Test
    void aMessageThatIsNoProtobufIsRefusedForGood() {
        Status status = callWithGarbage("parca.profilestore.v1alpha1.ProfileStoreService/WriteRaw");
        assertThat(status.getCode()).as(status.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(server.rejected("malformed")).isEqualTo(1);
    }

    @Test
    void callsThatThisServerDoesNotHaveAreUnimplemented() {
        for (String method : List.of("parca.profilestore.v1alpha1.ProfileStoreService/WriteArrow", "no.Such/Call")) {
            assertThat(callWithGarbage(method).getCode()).as(method).isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    /** Messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aBodyWithoutALengthIsBoundedToo() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /api/v1/profiles HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1));
            byte[] chunk = new byte[1 << 20];
            byte[] head = (Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            try {
                for (int i = 0; i < 100; i++) {
                    out.write(head);
                    out.write(chunk);
                    out.write(new byte[] {'\r', '\n'});
                }
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The server hangs up on the rest.
            }
        }
        awaitRejected("body_too_large");
        assertThat(server.post(resource("/go-pprof/profile.pb.gz"), "?label=service=good")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void bodiesThatNeverEndKeepNobodyOut() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                clients.add(socket);
                socket.getOutputStream()
                        .write("POST /api/v1/profiles HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000000\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(new byte[1000]);
            }
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(server.post(resource("/go-pprof/profile.pb.gz"), "?label=service=good")
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
