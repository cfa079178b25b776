package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UploadsTest {

    private static final SymbolLimits LIMITS =
            new SymbolLimits(100, 250, 4, Duration.ofMinutes(5), 1 << 20, 1000, 1 << 20);

    @TempDir
    private Path root;

    private final SetClock clock = new SetClock();
    private SymbolFolder folder;
    private Uploads uploads;

    /** A clock that a test moves. */
    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2026-11-21T02:00:00Z");

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return InstantSource.fixed(now).withZone(zone);
        }
    }

    @BeforeEach
    void open() throws IOException {
        folder = SymbolFolder.open(root);
        uploads = new Uploads(folder, DebuginfoFiles.open(folder, LIMITS.maxDiskBytes(), clock), LIMITS, clock);
    }

    private Upload announce(String buildId, long size) throws SymbolException {
        return uploads.announce(buildId, BuildId.Type.GNU, size, false);
    }

    @Test
    void anUploadThatStandsStillIsGivenUp() throws SymbolException, IOException {
        Upload upload = announce("aabb", 10);
        upload.begin(clock.instant());
        clock.advance(Duration.ofMinutes(4));
        upload.write(ByteBuffer.wrap(new byte[3]), clock.instant());
        clock.advance(Duration.ofMinutes(4));
        uploads.closeIdle();
        assertThat(uploads.count()).isEqualTo(1);
        assertThat(upload.path()).hasSize(3);

        clock.advance(Duration.ofMinutes(2));
        uploads.closeIdle();
        assertThat(uploads.count()).isZero();
        assertThat(upload.path()).doesNotExist();
        assertThatThrownBy(() -> upload.write(ByteBuffer.wrap(new byte[1]), clock.instant()))
                .isInstanceOf(SymbolException.class)
                .hasMessageContaining("begin it again");
        assertThat(uploads.decide("aabb", false).wanted()).isTrue();
    }

    @Test
    void thePauseAfterFailuresEnds() throws SymbolException, IOException {
        for (int i = 0; i < 3; i++) {
            uploads.close(announce("aabb", 10), false);
        }
        assertThat(uploads.decide("aabb", false).wanted()).isFalse();
        assertThatThrownBy(() -> announce("aabb", 10)).hasMessageContaining("unusable");
        clock.advance(Duration.ofMinutes(11));
        assertThat(uploads.decide("aabb", false).wanted()).isTrue();
    }

    @Test
    void whatIsOnItsWayCountsAgainstTheDisk() throws SymbolException {
        announce("aa", 100);
        announce("bb", 100);
        assertThatThrownBy(() -> announce("cc", 100))
                .isInstanceOfSatisfying(
                        SymbolException.class, e -> assertThat(e.kind()).isEqualTo(SymbolException.Kind.BUSY));
        assertThat(announce("dd", 50).announcedBytes()).isEqualTo(50);
    }

    @Test
    void oneSendsAtATime() throws SymbolException, IOException {
        Upload upload = announce("aabb", 10);
        upload.begin(clock.instant());
        assertThatThrownBy(() -> upload.begin(clock.instant()))
                .isInstanceOf(SymbolException.class)
                .hasMessageContaining("nobody else sending");
        upload.breakOff();
        upload.begin(clock.instant());
        upload.write(ByteBuffer.wrap(new byte[10]), clock.instant());
        upload.end();
        upload.beginFinish();
        assertThatThrownBy(upload::beginFinish).isInstanceOf(SymbolException.class);
    }
}
