package dev.sonde.bench.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Stacks recorded while programs were stepped ({@code sonde bench golden}) are unwound as their calls were made. */
class GoldenStacksTest {

    private static final List<String> NAMES = StackSnapshot.KEPT;

    @ParameterizedTest
    @FieldSource("NAMES")
    void itsCallersAreThoseOfTheShadowStack(String name) throws Exception {
        StackSnapshot snapshot = StackSnapshot.kept(name);
        HostStack found = snapshot.unwind(new HostUnwinder());
        assertThat(found.addresses()).containsExactly(snapshot.addresses());
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(found.guessed()).isZero();
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void theFormatLosesNothing(String name) throws Exception {
        byte[] bytes = StackSnapshot.keptBytes(name);
        assertThat(SnapshotFormat.write(SnapshotFormat.read(bytes))).isEqualTo(bytes);
    }

    @Test
    void everyKeptStackIsOfItsOwnKind() throws Exception {
        assertThat(StackSnapshot.KEPT).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(8);
        for (String name : NAMES) {
            assertThat(StackSnapshot.kept(name).addresses()).as(name).hasSizeGreaterThanOrEqualTo(4);
        }
    }
}
