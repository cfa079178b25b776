package dev.sonde.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class IngestGateTest {

    @Test
    void turnsComeOneAfterTheOther() throws OverloadedException, InterruptedException, ExecutionException {
        IngestGate gate = new IngestGate(1, 1, Duration.ofSeconds(50));
        IngestGate.Turn first = gate.enter();
        CompletableFuture<IngestGate.Turn> second = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                second.complete(gate.enter());
            } catch (OverloadedException e) {
                second.completeExceptionally(e);
            }
        });
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
        // One reads, one waits: a third is too many.
        assertThatThrownBy(gate::enter)
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("too many requests wait");
        assertThat(second).isNotDone();

        first.close();
        second.get().close();
        gate.enter().close();
    }

    @Test
    void patienceEnds() throws OverloadedException {
        IngestGate gate = new IngestGate(1, 5, Duration.ZERO);
        try (IngestGate.Turn turn = gate.enter()) {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(gate::enter)
                        .isInstanceOf(OverloadedException.class)
                        .hasMessageContaining("no turn within");
            }
        }
        gate.enter().close();
    }
}
