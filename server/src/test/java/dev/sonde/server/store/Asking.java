package dev.sonde.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Questions asked by a thread of their own, to be cancelled. */
public final class Asking {

    private Asking() {}

    /** What is asked. */
    public interface Question {
        void ask() throws Exception;
    }

    /** Asks a question within a cancellation; done when it is answered. */
    public static CompletableFuture<Void> asking(Cancellation cancellation, Question question) {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                cancellation.call(() -> {
                    question.ask();
                    return null;
                });
                asked.complete(null);
            } catch (Exception e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    /** Waits for the question's end, which must be that it was cancelled. */
    public static void assertCancelled(CompletableFuture<Void> asked) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(asked::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CANCELLED));
    }
}
