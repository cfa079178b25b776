package dev.sonde.agent.ship;

import io.grpc.Status;

/** What a failed request is to become, by its gRPC status (grpc.io, "Status codes and their use in gRPC"). */
enum Verdict {
    /** The server is away or does not know us yet, whatever is sent: again, for as long as the spool has room. */
    RETRY,
    /** Something in the request is invalid and will be. */
    REFUSED,
    /** The server failed or has no room, perhaps for just this request: again, but behind the others. */
    SUSPECT;

    static Verdict of(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT -> REFUSED;
            case UNKNOWN,
                    INTERNAL,
                    DATA_LOSS,
                    OUT_OF_RANGE,
                    FAILED_PRECONDITION,
                    ALREADY_EXISTS,
                    NOT_FOUND,
                    DEADLINE_EXCEEDED,
                    RESOURCE_EXHAUSTED,
                    ABORTED -> SUSPECT;
            // A wrong address or a missing right is the operator's to mend: nothing is thrown away meanwhile.
            case OK, CANCELLED, UNAVAILABLE, UNIMPLEMENTED, PERMISSION_DENIED, UNAUTHENTICATED -> RETRY;
        };
    }
}
