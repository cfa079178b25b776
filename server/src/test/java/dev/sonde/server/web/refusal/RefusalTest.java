package dev.sonde.server.web.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestCancellationException;
import com.linecorp.armeria.server.RequestTimeoutException;
import io.grpc.Status;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalTest {

    static Throwable[] hangUps() {
        return new Throwable[] {
            ClosedSessionException.get(),
            ClosedStreamException.get(),
            CancelledSubscriptionException.get(),
            RequestCancellationException.get(),
            new CompletionException(ClosedSessionException.get())
        };
    }

    @ParameterizedTest
    @MethodSource("hangUps")
    void aClientThatLeavesIsNoFailure(Throwable hangUp) {
        Refusal refusal = Refusal.of(hangUp);
        assertThat(refusal.reason()).isEqualTo("cancelled");
        assertThat(refusal.grpc()).isEqualTo(Status.Code.CANCELLED);
        assertThat(refusal.http().isServerError()).isFalse();
        Status verdict = Status.UNKNOWN.withCause(hangUp);
        assertThat(Refusal.ofGrpc(verdict, verdict.asRuntimeException()).reason())
                .isEqualTo("cancelled");
    }

    @Test
    void aTimeoutOfOursIsNotTheClientsLeaving() {
        assertThat(Refusal.of(RequestTimeoutException.get()).reason()).isEqualTo("timeout");
    }

    @Test
    void whatIsNoMessageIsTheClientsMistake() {
        Status frame = Status.INTERNAL.withDescription("gRPC frame header malformed: reserved bits not zero");
        Refusal ofFrame = Refusal.ofGrpc(frame, frame.asRuntimeException());
        assertThat(ofFrame.grpc()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ofFrame.message()).contains("reserved bits not zero").contains("(expected: ");
        Refusal ofMessage = Refusal.ofGrpc(
                Status.UNKNOWN, new IllegalStateException(new InvalidProtocolBufferException("invalid tag")));
        assertThat(ofMessage.grpc()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void whatFailsInTheServerStaysItsOwn() {
        Refusal refusal = Refusal.ofGrpc(Status.UNKNOWN, new IllegalStateException("broken"));
        assertThat(refusal.reason()).isEqualTo("internal");
        assertThat(refusal.grpc()).isEqualTo(Status.Code.INTERNAL);
    }
}
