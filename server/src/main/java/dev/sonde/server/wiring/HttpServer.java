package dev.sonde.server.wiring;

import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceBindingBuilder;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.sonde.server.web.BrowserGuard;
import dev.sonde.server.web.refusal.Failures;
import io.grpc.BindableService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;

/** The port and the bounds of everything on it. */
final class HttpServer {

    /** As Parca's server takes; agents send up to 32 MiB. */
    static final int MAX_BODY_BYTES = 64 << 20;

    /** A selector of 8,192 characters of three bytes, each byte escaped, is 72 KiB. */
    private static final int MAX_LINE_BYTES = 80 << 10;

    /** Each connection costs a buffer or two; the number is far above an agent a machine. */
    private static final int MAX_CONNECTIONS = 10_000;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

    /** Requests under way get this long at a stop; a new connection may still come in the first part of it. */
    private static final Duration DRAIN_QUIET = Duration.ofMillis(500);

    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(10);

    private HttpServer() {}

    /** A builder with the port, the bounds and the answers to failures; services are to be added. */
    static ServerBuilder builder(InetSocketAddress listen, Failures failures, BrowserGuard guard) {
        return Server.builder()
                .port(listen, SessionProtocol.HTTP)
                .maxNumConnections(MAX_CONNECTIONS)
                .http1MaxInitialLineLength(MAX_LINE_BYTES)
                .http1MaxHeaderSize(MAX_LINE_BYTES)
                .http2MaxHeaderListSize(2L * MAX_LINE_BYTES)
                .idleTimeout(IDLE_TIMEOUT)
                .requestTimeout(REQUEST_TIMEOUT)
                .maxRequestLength(MAX_BODY_BYTES)
                .blockingTaskExecutor(Pools.OTHER_THREADS)
                .gracefulShutdown(GracefulShutdown.builder()
                        .quietPeriod(DRAIN_QUIET)
                        .timeout(DRAIN_AT_MOST)
                        .build())
                // What is counted is counted by metrics of our own.
                .meterRegistry(NoopMeterRegistry.get())
                .disableServerHeader()
                // Failures answers every exception and logs those that are the server's own.
                .unloggedExceptionsReportInterval(Duration.ZERO)
                .errorHandler(failures)
                .decorator(guard)
                .decorator(EncodingService.builder()
                        .encodableContentTypes(HttpServer::isText)
                        .newDecorator());
    }

    /** What gets smaller by gzip; a pprof file is gzipped already. */
    private static boolean isText(MediaType type) {
        return type.is(MediaType.ANY_TEXT_TYPE)
                || type.is(MediaType.JSON)
                || type.subtype().equals("javascript")
                || type.subtype().equals("svg+xml");
    }

    /** Adds a gRPC service whose calls block, in threads of its own. */
    static void addGrpc(
            ServerBuilder builder,
            BindableService calls,
            GrpcExceptionHandlerFunction failures,
            BlockingTaskExecutor threads,
            Function<? super HttpService, ? extends HttpService> around) {
        GrpcService service = GrpcService.builder()
                .addService(calls)
                .maxRequestMessageLength(MAX_BODY_BYTES)
                .useBlockingTaskExecutor(true)
                .exceptionHandler(failures)
                .build();
        ServiceBindingBuilder binding = builder.route();
        service.routes().forEach(binding::addRoute);
        binding.blockingTaskExecutor(threads, true).decorator(around).build(service);
    }
}
