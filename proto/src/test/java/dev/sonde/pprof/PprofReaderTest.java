package dev.sonde.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofException.Reason;
import dev.sonde.wire.pprof.Label;
import dev.sonde.wire.pprof.Location;
import dev.sonde.wire.pprof.Sample;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PprofReaderTest {

    private final PprofReader reader = new PprofReader(PprofLimits.defaults());

    @ParameterizedTest
    @ValueSource(strings = {"profile", "heap", "allocs", "goroutine", "mutex", "block", "threadcreate", "cpu-labels"})
    void readsWhatProtobufReads(String name) throws PprofException {
        byte[] packed = ReferenceProfiles.fixture(name);

        Profile profile = reader.read(packed);

        assertThat(ReferenceProfiles.describe(profile))
                .isNotEmpty()
                .isEqualTo(ReferenceProfiles.describe(ReferenceProfiles.gunzip(packed)));
    }

    @Test
    void readsPlainAndGzippedAlike() throws PprofException {
        byte[] plain = ReferenceProfiles.small().build().toByteArray();

        assertThat(ReferenceProfiles.describe(reader.read(plain)))
                .isEqualTo(ReferenceProfiles.describe(reader.read(ReferenceProfiles.gzip(plain))))
                .isEqualTo(ReferenceProfiles.describe(plain));
    }

    @Test
    void headerHoldsTypesTimesAndPeriod() throws PprofException {
        Profile.Header header =
                reader.read(ReferenceProfiles.small().build().toByteArray()).header();

        assertThat(header.sampleTypes()).containsExactly(new ValueType("cpu", "nanoseconds"));
        assertThat(header.defaultSampleType()).isZero();
        assertThat(header.timeNanos()).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(header.durationNanos()).isEqualTo(10_000_000_000L);
        assertThat(header.period()).isEqualTo(10_101_010L);
    }

    @Test
    void lastSampleTypeIsTheDefault() throws PprofException {
        Profile profile = reader.read(ReferenceProfiles.fixture("profile"));

        assertThat(profile.header().sampleTypes().get(profile.header().defaultSampleType()))
                .isEqualTo(new ValueType("cpu", "nanoseconds"));
    }

    @Test
    void refusesNothing() {
        assertRefused(new byte[0], Reason.MALFORMED, "0 bytes");
    }

    @Test
    void refusesEveryTruncation() throws PprofException {
        byte[] packed = ReferenceProfiles.fixture("threadcreate");
        for (int length = 0; length < packed.length; length++) {
            assertRefused(Arrays.copyOf(packed, length), null, "expected");
        }
    }

    @Test
    void refusesGzipBomb() {
        byte[] bomb = ReferenceProfiles.gzip(new byte[100 << 20]);

        assertRefused(bomb, Reason.TOO_LARGE, "67108864 bytes unpacked");
    }

    @Test
    void refusesSmallFilesThatWouldTakeMuchMemory() {
        var bomb = ReferenceProfiles.small();
        Sample.Builder deep = Sample.newBuilder().addValue(1);
        for (int i = 0; i < 4000; i++) {
            deep.addLocationId(11);
        }
        Sample sample = deep.build();
        for (int i = 0; i < 4000; i++) {
            bomb.addSample(sample);
        }

        assertRefused(ReferenceProfiles.gzip(bomb.build().toByteArray()), Reason.TOO_LARGE, "bytes in memory");
    }

    @Test
    void refusesWrongChecksum() {
        byte[] packed = ReferenceProfiles.fixture("threadcreate");
        packed[packed.length - 8] ^= 1;

        assertRefused(packed, Reason.MALFORMED, "checksum");
    }

    @Test
    void refusesStringOutsideTheTable() {
        var profile = ReferenceProfiles.small();
        profile.getFunctionBuilder(0).setName(99);

        assertRefused(
                profile.build().toByteArray(), Reason.BAD_REFERENCE, "function.name: string 99 (expected: 0 to 9)");
    }

    @Test
    void refusesUnknownLocation() {
        var profile = ReferenceProfiles.small();
        profile.addSample(Sample.newBuilder().addLocationId(99).addValue(1));

        assertRefused(profile.build().toByteArray(), Reason.BAD_REFERENCE, "location id 99");
    }

    @Test
    void refusesUnknownMapping() {
        var profile = ReferenceProfiles.small();
        profile.getLocationBuilder(0).setMappingId(99);

        assertRefused(profile.build().toByteArray(), Reason.BAD_REFERENCE, "mapping id 99");
    }

    @Test
    void refusesUnknownFunction() {
        var profile = ReferenceProfiles.small();
        profile.getLocationBuilder(0).getLineBuilder(0).setFunctionId(99);

        assertRefused(profile.build().toByteArray(), Reason.BAD_REFERENCE, "function id 99");
    }

    @Test
    void refusesAnIdTwice() {
        var profile = ReferenceProfiles.small();
        profile.addLocation(Location.newBuilder().setId(11));

        assertRefused(profile.build().toByteArray(), Reason.BAD_VALUE, "location id: 11 twice");
    }

    @Test
    void refusesMissingValue() {
        var profile = ReferenceProfiles.small();
        profile.addSample(Sample.newBuilder().addLocationId(11));

        assertRefused(profile.build().toByteArray(), Reason.BAD_VALUE, "sample 1 has 0 values (expected: 1");
    }

    @Test
    void refusesFirstStringThatIsNotEmpty() {
        var profile = ReferenceProfiles.small();
        profile.setStringTable(0, "oops");

        assertRefused(profile.build().toByteArray(), Reason.BAD_VALUE, "string_table[0]: 'oops'");
    }

    @Test
    void refusesLabelWithoutName() {
        var profile = ReferenceProfiles.small();
        profile.getSampleBuilder(0).addLabel(Label.newBuilder().setNum(1));

        assertRefused(profile.build().toByteArray(), Reason.BAD_VALUE, "label.key");
    }

    @Test
    void refusesTooManySamples() {
        PprofLimits two = new PprofLimits(1 << 20, 2, 100, 100, 100, 100);
        var profile = ReferenceProfiles.small();
        profile.addSample(profile.getSample(0)).addSample(profile.getSample(0));

        PprofException refused = catchThrowableOfType(
                PprofException.class,
                () -> new PprofReader(two).read(profile.build().toByteArray()));

        assertThat(refused).hasMessageContaining("more than 2 entries of sample");
    }

    @Test
    void refusesTooDeepStacks() {
        PprofLimits shallow = new PprofLimits(1 << 20, 100, 100, 100, 1, 100);

        PprofException refused = catchThrowableOfType(
                PprofException.class,
                () -> new PprofReader(shallow)
                        .read(ReferenceProfiles.small().build().toByteArray()));

        assertThat(refused.reason()).isEqualTo(Reason.TOO_LARGE);
    }

    private void assertRefused(byte[] bytes, Reason reason, String words) {
        PprofException refused = catchThrowableOfType(PprofException.class, () -> reader.read(bytes));
        assertThat(refused).as("%d bytes", bytes.length).isNotNull().hasMessageContaining(words);
        if (reason != null) {
            assertThat(refused.reason()).isEqualTo(reason);
        }
    }
}
