package dev.sonde.server.web;

import static dev.sonde.server.store.Asking.assertCancelled;
import static dev.sonde.server.store.Asking.awaitQuietly;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.util.SafeCloseable;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sonde.server.metrics.QueryMetrics;
import dev.sonde.server.store.Cancellation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QuestionsTest {

    /** So little memory that questions are answered one at a time. */
    private final Questions questions =
            new Questions(new QueryMetrics(new PrometheusRegistry()), Clock.systemUTC(), 1, 1000);

    @Test
    void aTurnIsFreeWhenItsRequestsTimeIsOver() throws Exception {
        ServiceRequestContext first = ServiceRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));
        ServiceRequestContext second = ServiceRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));
        CountDownLatch underWay = new CountDownLatch(1);
        CompletableFuture<String> slow = asking(first, () -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            try (Cancellation.Registration _ = Cancellation.current().onCancel(cancelled::countDown)) {
                underWay.countDown();
                awaitQuietly(cancelled);
            }
            Cancellation.current().check();
            return "slow";
        });
        underWay.await();
        CompletableFuture<String> waiting = asking(second, () -> "waiting");
        second.timeoutNow();
        assertCancelled(waiting);
        assertThat(slow).isNotDone();
        first.timeoutNow();
        assertCancelled(slow);
        assertThat(questions.answer("flame", () -> "next")).isEqualTo("next");
    }

    private CompletableFuture<String> asking(ServiceRequestContext request, Questions.Answering<String> answering) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (SafeCloseable _ = request.push()) {
                answer.complete(questions.answer("flame", answering));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
