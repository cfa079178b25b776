package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.cpu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupCommitTest {

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anErrorFailsItsGroupAndTheWriterGoesOn() throws Exception {
        AtomicBoolean failing = new AtomicBoolean(true);
        List<NewProfile> profiles = List.of(cpu().sample("a", 1).at(DAY, "cpu"));
        try (GroupCommit writer = new GroupCommit(4, group -> {
            if (failing.getAndSet(false)) {
                throw new StackOverflowError("deep");
            }
            group.forEach(append -> append.result().complete(new AppendResult(1, 0)));
        })) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> writer.append(profiles))
                    .withMessageContaining("StackOverflowError: deep");
            assertThat(writer.append(profiles)).isEqualTo(new AppendResult(1, 0));
        }
    }
}
