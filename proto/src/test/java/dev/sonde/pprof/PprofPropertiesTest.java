package dev.sonde.pprof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PprofPropertiesTest {

    /** Hostile input: whatever is done to a profile, it is read or refused, and nothing else happens. */
    @Property(tries = 2000)
    void damagedProfilesAreReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ReferenceProfiles.small().build().toByteArray();
        for (int damage = random.nextInt(1, 6); damage > 0; damage--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        byte[] input = random.nextBoolean() ? bytes : ReferenceProfiles.gzip(bytes);
        try {
            Profile profile = new PprofReader(PprofLimits.defaults()).read(input);
            assertThat(profile.samples().stackStart()).hasSize(profile.samples().count() + 1);
        } catch (PprofException e) {
            assertThat(e).hasMessageContaining("expected");
        }
    }

    @Property(tries = 500)
    void randomBytesAreReadOrRefused(@ForAll byte[] bytes) {
        try {
            assertThat(new PprofReader(PprofLimits.defaults()).read(bytes)).isNotNull();
        } catch (PprofException e) {
            assertThat(e.getMessage()).startsWith("profile: ");
        }
    }

    @Property(tries = 300)
    void whatIsBuiltIsReadBackByUsAndByProtobuf(@ForAll long seed) throws PprofException {
        Profile built = randomProfile(new Random(seed));

        byte[] packed = PprofWriter.write(built);

        List<String> expected = ReferenceProfiles.describe(built);
        assertThat(ReferenceProfiles.describe(new PprofReader(PprofLimits.defaults()).read(packed)))
                .isEqualTo(expected);
        assertThat(ReferenceProfiles.describe(ReferenceProfiles.gunzip(packed))).isEqualTo(expected);
    }

    private static Profile randomProfile(Random random) {
        ProfileBuilder builder =
                new ProfileBuilder(List.of(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds")));
        List<Integer> locations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int mapping = random.nextInt(4) == 0
                    ? Profile.NONE
                    : builder.mapping(0x1000L * random.nextInt(3), -1, random.nextInt(9), "/bin/é", "abcd", false);
            List<ProfileBuilder.Line> lines = new ArrayList<>();
            for (int line = random.nextInt(3); line > 0; line--) {
                int function = builder.function("f" + random.nextInt(5), "", "f.c", random.nextInt(3));
                lines.add(new ProfileBuilder.Line(function, random.nextInt(100)));
            }
            locations.add(builder.location(mapping, random.nextLong(), lines));
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            for (int depth = random.nextInt(8); depth > 0; depth--) {
                builder.frame(locations.get(random.nextInt(locations.size())));
            }
            if (random.nextBoolean()) {
                builder.label("thread", "t" + random.nextInt(3)).label("at", random.nextInt(1000), "milliseconds");
            }
            builder.endSample(random.nextInt(10), random.nextLong());
        }
        return builder.build(1, new ValueType("cpu", "nanoseconds"), 52_631_578, 1L, 2L);
    }
}
