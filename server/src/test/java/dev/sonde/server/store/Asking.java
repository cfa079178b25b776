package dev.sonde.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

    /** Waits, where an interruption is no part of what is tested. */
    public static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for the question's end, which must be that it was cancelled. */
    public static void assertCancelled(CompletableFuture<?> asked) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(asked::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CANCELLED));
    }
}
