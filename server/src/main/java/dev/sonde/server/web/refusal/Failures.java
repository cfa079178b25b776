package dev.sonde.server.web.refusal;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sonde.server.metrics.Rejections;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every failure, of HTTP with {@code {"error": words, "column": N}} (column: where in the selector, if that is
 * what was wrong), of gRPC with a status; and counts it.
 */
public final class Failures implements ServerErrorHandler, GrpcExceptionHandlerFunction {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final Rejections rejections;

    public Failures(Rejections rejections) {
        this.rejections = rejections;
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        if (cause instanceof HttpResponseException e) {
            return e.httpResponse();
        }
        Refusal refusal = Refusal.of(cause);
        if (refusal.http().equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
            refusal = Refusal.bodyTooLarge(ctx.maxRequestLength());
        }
        return answer(counted(refusal, cause)).toHttpResponse();
    }

    /** Failures before a service is reached: unknown paths, methods, bodies too large, requests that are not HTTP. */
    @Override
    public AggregatedHttpResponse renderStatus(
            ServiceRequestContext ctx,
            ServiceConfig config,
            RequestHeaders headers,
            HttpStatus status,
            String description,
            Throwable cause) {
        if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
            return answer(counted(Refusal.bodyTooLarge(config.maxRequestLength()), cause));
        }
        Refusal refusal = Refusal.ofStatus(status);
        if (description != null && status.isClientError()) {
            refusal = refusal.saying(description);
        }
        return answer(counted(refusal, cause));
    }

    @Override
    public AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config, RequestHeaders headers, HttpStatus status, String description, Throwable cause) {
        return renderStatus(null, config, headers, status, description, null);
    }

    @Override
    public Status apply(RequestContext ctx, Status status, Throwable cause, Metadata metadata) {
        Refusal refusal = Refusal.of(cause);
        if (refusal.grpc() == Status.Code.INTERNAL) {
            refusal = Refusal.ofGrpc(status, cause);
        }
        return counted(refusal, cause).grpc().toStatus().withDescription(refusal.message());
    }

    private Refusal counted(Refusal refusal, Throwable cause) {
        rejections.count(refusal.reason());
        if (refusal.http().isServerError() && cause != null) {
            LOG.warn("{} {}", refusal.reason(), refusal.message(), cause);
        } else {
            LOG.debug("{} {}", refusal.reason(), refusal.message());
        }
        return refusal;
    }

    private static AggregatedHttpResponse answer(Refusal refusal) {
        ObjectNode body = JSON.createObjectNode().put("error", refusal.message());
        if (refusal.column() > 0) {
            body.put("column", refusal.column());
        }
        ResponseHeaders headers = ResponseHeaders.builder(refusal.http())
                .contentType(MediaType.JSON)
                .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .build();
        return AggregatedHttpResponse.of(headers, HttpData.wrap((body + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
