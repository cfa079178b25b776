package dev.sonde.agent.ship;

import dev.sonde.wire.debuginfo.DebuginfoServiceGrpc;
import dev.sonde.wire.profilestore.ProfileStoreServiceGrpc;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A gRPC connection to a server, made when first needed and again whenever it broke. */
public final class ServerConnection implements AutoCloseable {

    private static final int DEFAULT_HTTP_PORT = 80;
    private static final int DEFAULT_HTTPS_PORT = 443;

    /** Answers are empty or a few words. */
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private final ManagedChannel channel;

    ServerConnection(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Connects to a server, {@code http://HOST:PORT} (HTTP/2 without TLS) or {@code https://HOST[:PORT]}. */
    public static ServerConnection to(URI server) {
        boolean tls = server.getScheme().equals("https");
        int defaultPort = tls ? DEFAULT_HTTPS_PORT : DEFAULT_HTTP_PORT;
        OkHttpChannelBuilder builder = OkHttpChannelBuilder.forAddress(
                        server.getHost(), server.getPort() < 0 ? defaultPort : server.getPort())
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                // A server that vanished without a word is noticed while a call waits for it.
                .keepAliveTime(30, TimeUnit.SECONDS)
                .userAgent("sonde-agent");
        if (!tls) {
            builder.usePlaintext();
        }
        return new ServerConnection(builder.build());
    }

    /** Writes profiles; see {@link ProfileSink#write}. */
    void write(WriteRawRequest request, Duration deadline) {
        // gRPC waits up to two minutes between connection attempts, and fails calls meanwhile unsent. When to try is
        // the shipper's to say.
        channel.resetConnectBackoff();
        // The stub answers with an empty message: that it answers is all.
        var _ = ProfileStoreServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline)
                .writeRaw(request);
    }

    /** Calls about debuginfo that wait for their answers. */
    DebuginfoServiceGrpc.DebuginfoServiceBlockingStub debuginfo(Duration deadline) {
        return DebuginfoServiceGrpc.newBlockingStub(channel).withDeadlineAfter(deadline);
    }

    /** Calls about debuginfo that stream. */
    DebuginfoServiceGrpc.DebuginfoServiceStub debuginfoStream(Duration deadline) {
        return DebuginfoServiceGrpc.newStub(channel).withDeadlineAfter(deadline);
    }

    /** Ends the connection; calls under way fail. */
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
