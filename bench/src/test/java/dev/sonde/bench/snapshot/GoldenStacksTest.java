package dev.sonde.bench.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Stacks recorded while programs were stepped ({@code sonde bench golden}) are unwound as their calls were made. */
class GoldenStacksTest {

    private static final List<String> NAMES = StackSnapshot.KEPT;

    private static final List<String> ALL =
            Stream.concat(NAMES.stream(), StackSnapshot.KEPT_OF_JVMS.stream()).toList();

    /** Those of JVMs are what the unwinder found in the stopped process, where single steps judge it. */
    @ParameterizedTest
    @FieldSource("ALL")
    void itsCallersAreThoseRecorded(String name) throws Exception {
        StackSnapshot snapshot = StackSnapshot.kept(name);
        HostStack found = snapshot.unwind(new HostUnwinder());
        assertThat(found.addresses()).containsExactly(snapshot.addresses());
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(found.guessed()).isZero();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void theFormatLosesNothing(String name) throws Exception {
        byte[] bytes = StackSnapshot.keptBytes(name);
        assertThat(SnapshotFormat.write(SnapshotFormat.read(bytes))).isEqualTo(bytes);
    }

    @Test
    void everyKeptStackIsOfItsOwnKind() throws Exception {
        assertThat(StackSnapshot.KEPT).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(8);
        for (String name : ALL) {
            assertThat(StackSnapshot.kept(name).addresses()).as(name).hasSizeGreaterThanOrEqualTo(4);
        }
    }
}
