package dev.sonde.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sonde.agent.kernel.StackOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code sonde bench fuzz} for the unwinder: the same damage each time. */
class UnwinderFuzzIT {

    private static final long ROUNDS = 50_000;

    @TempDir
    static Path folder;

    @Test
    void noDamageIsReadBeyondOrToldTwice() throws Exception {
        UnwinderFuzz.Result result = fuzz().run(1, ROUNDS, Long.MAX_VALUE >> 32);
        assertThat(result.fault()).isEmpty();
        assertThat(result.rounds()).isEqualTo(ROUNDS);
        // The damage reaches beyond the first check, and does not only break: each way to end is gone.
        for (StackOutcome outcome : List.of(
                StackOutcome.COMPLETE,
                StackOutcome.NO_FRAME_POINTER,
                StackOutcome.BROKEN_CHAIN,
                StackOutcome.NO_CALL,
                StackOutcome.UNREADABLE,
                StackOutcome.DEPTH_LIMIT,
                StackOutcome.NOT_MAPPED,
                StackOutcome.RULE_UNSUPPORTED,
                StackOutcome.REGISTER_LOST,
                StackOutcome.ZERO_ADDRESS,
                StackOutcome.JVM_UNKNOWN_CODE,
                StackOutcome.JVM_NO_CALL,
                StackOutcome.JVM_NO_METHOD,
                StackOutcome.JVM_CHUNK)) {
            assertThat(seen(result, outcome)).as("%s", outcome).isPositive();
        }
    }

    private static long seen(UnwinderFuzz.Result result, StackOutcome outcome) {
        for (int number = 0; number < result.outcomes().size(); number++) {
            if (StackOutcome.of(number) == outcome) {
                return result.outcomes().get(number);
            }
        }
        return 0;
    }

    private static UnwinderFuzz fuzz() throws Exception {
        try {
            return new UnwinderFuzz(root(), folder);
        } catch (UnwinderFuzz.NoSanitizerException e) {
            System.err.println("SKIPPED: " + e.getMessage());
            return abort(e.getMessage());
        }
    }

    /** Maven runs tests in the module's folder. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("bpf")) ? here : here.getParent();
    }
}
