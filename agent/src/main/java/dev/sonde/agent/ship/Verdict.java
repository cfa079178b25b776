package dev.sonde.agent.ship;

import io.grpc.Status;

/** What a failed request is to become, by its gRPC status (grpc.io, "Status codes and their use in gRPC"). */
enum Verdict {
    /** The server is away, busy, or does not know us yet: again, for as long as the spool has room. */
    RETRY,
    /** Something in the request is invalid and will be. */
    REFUSED,
    /** The server failed. Perhaps at just this request: again, but not for ever. */
    SUSPECT;

    static Verdict of(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT -> REFUSED;
            case UNKNOWN, INTERNAL, DATA_LOSS, OUT_OF_RANGE, FAILED_PRECONDITION, ALREADY_EXISTS, NOT_FOUND -> SUSPECT;
            // A wrong address or a missing right is the operator's to mend: nothing is thrown away meanwhile.
            case OK,
                    CANCELLED,
                    DEADLINE_EXCEEDED,
                    RESOURCE_EXHAUSTED,
                    UNAVAILABLE,
                    ABORTED,
                    UNIMPLEMENTED,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED -> RETRY;
        };
    }
}
