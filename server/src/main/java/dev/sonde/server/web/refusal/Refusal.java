package dev.sonde.server.web.refusal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.CancellationException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.IngestException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.AnswerTooLargeException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.symbols.SymbolException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;

/**
 * What a failure becomes for the client: the one mapping, for HTTP and gRPC alike.
 *
 * @param http status of an HTTP answer
 * @param grpc status of a gRPC answer
 * @param reason the word of the counter
 * @param message words for the client
 * @param column where in the selector, or 0
 */
record Refusal(HttpStatus http, Status.Code grpc, String reason, String message, int column) {

    /** The refusal that a failure stands for. */
    static Refusal of(Throwable failure) {
        return switch (failure) {
            case IngestException e -> badRequest(e.reason(), e.getMessage());
            case SelectorException e ->
                new Refusal(
                        HttpStatus.BAD_REQUEST, Status.Code.INVALID_ARGUMENT, "selector", e.getMessage(), e.column());
            case QueryException e -> badRequest("query", e.getMessage());
            case BadRequestException e ->
                new Refusal(
                        HttpStatus.valueOf(e.reason().status()),
                        Status.Code.INVALID_ARGUMENT,
                        e.reason().word(),
                        e.getMessage(),
                        0);
            case AnswerTooLargeException e -> badRequest("answer_too_large", e.getMessage());
            case OverloadedException e ->
                new Refusal(
                        HttpStatus.TOO_MANY_REQUESTS, Status.Code.RESOURCE_EXHAUSTED, "overloaded", e.getMessage(), 0);
            case StoreException e -> ofStore(e);
            case SymbolException e -> ofSymbols(e);
            case CompletionException e when e.getCause() != null -> of(e.getCause());
            default -> ofServer(failure);
        };
    }

    private static Refusal ofStore(StoreException e) {
        String reason = "store_" + e.reason().word();
        return switch (e.reason()) {
            case BUSY, FULL ->
                new Refusal(HttpStatus.TOO_MANY_REQUESTS, Status.Code.RESOURCE_EXHAUSTED, reason, e.getMessage(), 0);
            case CANCELLED -> cancelled();
            case IO, CLOSED, FOLDER -> unavailable(reason, e.getMessage());
        };
    }

    private static Refusal ofSymbols(SymbolException e) {
        // Debuginfo comes by gRPC alone; the HTTP statuses are the nearest.
        return switch (e.kind()) {
            case INVALID -> badRequest(e.reason(), e.getMessage());
            case NOT_WANTED ->
                new Refusal(HttpStatus.CONFLICT, Status.Code.FAILED_PRECONDITION, e.reason(), e.getMessage(), 0);
            case BUSY ->
                new Refusal(
                        HttpStatus.TOO_MANY_REQUESTS, Status.Code.RESOURCE_EXHAUSTED, e.reason(), e.getMessage(), 0);
            case UNKNOWN_UPLOAD ->
                new Refusal(HttpStatus.NOT_FOUND, Status.Code.NOT_FOUND, e.reason(), e.getMessage(), 0);
            case STORAGE -> unavailable(e.reason(), e.getMessage());
        };
    }

    /** Failures that the HTTP server itself finds. */
    private static Refusal ofServer(Throwable failure) {
        return switch (failure) {
            case ContentTooLargeException e -> bodyTooLarge(e.maxContentLength());
            case HttpStatusException e -> ofStatus(e.httpStatus());
            case RequestTimeoutException _ ->
                unavailable("timeout", "the answer took too long (expected: come again later)");
            case ShuttingDownException _ ->
                unavailable("stopping", "the server is stopping (expected: come again later)");
            case ClosedStreamException _,
                    AbortedStreamException _,
                    CancelledSubscriptionException _,
                    CancellationException _ -> cancelled();
            default ->
                new Refusal(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        Status.Code.INTERNAL,
                        "internal",
                        "the server failed; its log says more",
                        0);
        };
    }

    /** The refusal of a call of which gRPC's own code, not ours, said that it failed. */
    static Refusal ofGrpc(Status verdict, Throwable failure) {
        String words = "message: " + (verdict.getDescription() == null ? verdict.getCode() : verdict.getDescription());
        boolean malformed = false;
        boolean ofGrpcAlone = false;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (ofServer(at).grpc() == Status.Code.CANCELLED) {
                return cancelled();
            }
            malformed |= at instanceof InvalidProtocolBufferException;
            ofGrpcAlone |= at instanceof StatusRuntimeException || at instanceof StatusException;
        }
        return switch (verdict.getCode()) {
            case CANCELLED -> cancelled();
            // By its own code agents would send the same message again and again.
            case RESOURCE_EXHAUSTED -> badRequest("body_too_large", words);
            // gRPC calls frames that it cannot read its own failure; failures of services come as UNKNOWN.
            case INTERNAL, INVALID_ARGUMENT -> malformed(words);
            case UNKNOWN -> malformed ? malformed(words) : of(failure);
            default ->
                new Refusal(
                        ofGrpcAlone ? HttpStatus.BAD_REQUEST : HttpStatus.INTERNAL_SERVER_ERROR,
                        verdict.getCode(),
                        "grpc",
                        words,
                        0);
        };
    }

    private static Refusal malformed(String words) {
        return badRequest("malformed", words + " (expected: a protobuf message of this call, framed as gRPC has it)");
    }

    /** The refusal of a body over a number of bytes. */
    static Refusal bodyTooLarge(long maxBytes) {
        return new Refusal(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                Status.Code.INVALID_ARGUMENT,
                "body_too_large",
                "body: more than " + maxBytes + " bytes (expected: at most that)",
                0);
    }

    /** The client left before its answer: nothing failed, and nobody reads this. */
    private static Refusal cancelled() {
        return new Refusal(
                HttpStatus.CLIENT_CLOSED_REQUEST, Status.Code.CANCELLED, "cancelled", "the client went away", 0);
    }

    /** A refusal of which only the status is known. */
    static Refusal ofStatus(HttpStatus status) {
        return switch (status.code()) {
            case 404 -> new Refusal(status, Status.Code.UNIMPLEMENTED, "not_found", "there is nothing at this path", 0);
            case 405 ->
                new Refusal(status, Status.Code.UNIMPLEMENTED, "method", "this path does not take this method", 0);
            default -> new Refusal(status, Status.Code.UNKNOWN, "http_" + status.code(), status.reasonPhrase(), 0);
        };
    }

    /** The same with other words. */
    Refusal saying(String words) {
        return new Refusal(http, grpc, reason, words, column);
    }

    private static Refusal badRequest(String reason, String message) {
        return new Refusal(HttpStatus.BAD_REQUEST, Status.Code.INVALID_ARGUMENT, reason, message, 0);
    }

    private static Refusal unavailable(String reason, String message) {
        return new Refusal(HttpStatus.SERVICE_UNAVAILABLE, Status.Code.UNAVAILABLE, reason, message, 0);
    }
}
