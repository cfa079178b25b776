package dev.sonde.pprof;

import com.google.protobuf.ByteString;
import dev.sonde.wire.pprof.Function;
import dev.sonde.wire.pprof.Label;
import dev.sonde.wire.pprof.Line;
import dev.sonde.wire.pprof.Location;
import dev.sonde.wire.pprof.Mapping;
import dev.sonde.wire.pprof.Profile;
import dev.sonde.wire.pprof.Sample;
import dev.sonde.wire.pprof.ValueType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What protobuf's own generated classes read in a profile: the referee of the reader and the writer. */
final class ReferenceProfiles {

    private ReferenceProfiles() {}

    static byte[] fixture(String name) {
        try (InputStream in = ReferenceProfiles.class.getResourceAsStream("/go-pprof/" + name + ".pb.gz")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gunzip(byte[] packed) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A small profile with a label of each sort, inlined lines and a location without a mapping. */
    static Profile.Builder small() {
        return Profile.newBuilder()
                .addAllStringTable(List.of(
                        "", "cpu", "nanoseconds", "main", "leaf", "/bin/prog", "abcd", "thread", "worker", "pid"))
                .addSampleType(ValueType.newBuilder().setType(1).setUnit(2))
                .addMapping(Mapping.newBuilder()
                        .setId(7)
                        .setMemoryStart(0x1000)
                        .setMemoryLimit(0x9000)
                        .setFilename(5)
                        .setBuildId(6))
                .addFunction(Function.newBuilder().setId(3).setName(3).setStartLine(10))
                .addFunction(Function.newBuilder().setId(4).setName(4))
                .addLocation(Location.newBuilder()
                        .setId(11)
                        .setMappingId(7)
                        .setAddress(0x1234)
                        .addLine(Line.newBuilder().setFunctionId(4).setLine(2))
                        .addLine(Line.newBuilder().setFunctionId(3).setLine(12)))
                .addLocation(Location.newBuilder().setId(12).setAddress(0xffffffff81000000L))
                .addSample(Sample.newBuilder()
                        .addLocationId(11)
                        .addLocationId(12)
                        .addValue(50)
                        .addLabel(Label.newBuilder().setKey(7).setStr(8))
                        .addLabel(Label.newBuilder().setKey(9).setNum(42)))
                .setTimeNanos(1_700_000_000_000_000_000L)
                .setDurationNanos(10_000_000_000L)
                .setPeriod(10_101_010);
    }

    /** Every sample as text, in the file's order: frames with their lines, values, labels. */
    static List<String> describe(byte[] plain) {
        try {
            return describe(Profile.parseFrom(ByteString.copyFrom(plain)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> describe(Profile profile) {
        List<String> lines = new ArrayList<>();
        for (Sample sample : profile.getSampleList()) {
            StringBuilder text = new StringBuilder();
            for (long id : sample.getLocationIdList()) {
                Location location = profile.getLocationList().stream()
                        .filter(l -> l.getId() == id)
                        .findFirst()
                        .orElseThrow();
                text.append(Long.toHexString(location.getAddress()));
                for (Mapping mapping : profile.getMappingList()) {
                    if (mapping.getId() == location.getMappingId()) {
                        text.append('@').append(profile.getStringTable((int) mapping.getFilename()));
                        text.append('+').append(mapping.getMemoryStart());
                        text.append('#').append(profile.getStringTable((int) mapping.getBuildId()));
                    }
                }
                for (Line line : location.getLineList()) {
                    Function function = profile.getFunctionList().stream()
                            .filter(f -> f.getId() == line.getFunctionId())
                            .findFirst()
                            .orElseThrow();
                    text.append('[').append(profile.getStringTable((int) function.getName()));
                    text.append('|').append(profile.getStringTable((int) function.getSystemName()));
                    text.append('|').append(profile.getStringTable((int) function.getFilename()));
                    text.append(':').append(line.getLine()).append(']');
                }
                text.append(' ');
            }
            text.append(sample.getValueList());
            for (Label label : sample.getLabelList()) {
                text.append(' ')
                        .append(profile.getStringTable((int) label.getKey()))
                        .append('=');
                text.append(label.getStr() != 0 ? profile.getStringTable((int) label.getStr()) : "" + label.getNum());
                text.append(profile.getStringTable((int) label.getNumUnit()));
            }
            lines.add(text.toString());
        }
        return lines;
    }

    /** The same text from our columns. */
    static List<String> describe(dev.sonde.pprof.Profile profile) {
        List<String> lines = new ArrayList<>();
        var samples = profile.samples();
        for (int i = 0; i < samples.count(); i++) {
            StringBuilder text = new StringBuilder();
            for (int at = samples.stackStart()[i]; at < samples.stackStart()[i + 1]; at++) {
                describeLocation(profile, samples.location()[at], text);
                text.append(' ');
            }
            List<Long> values = new ArrayList<>();
            for (int type = 0; type < samples.valueCount(); type++) {
                values.add(samples.value(i, type));
            }
            text.append(values);
            for (int at = samples.labelStart()[i]; at < samples.labelStart()[i + 1]; at++) {
                String label = samples.labelText()[at];
                text.append(' ').append(samples.labelKey()[at]).append('=');
                text.append(label != null ? label : "" + samples.labelNumber()[at]);
                text.append(samples.labelUnit()[at]);
            }
            lines.add(text.toString());
        }
        return lines;
    }

    private static void describeLocation(dev.sonde.pprof.Profile profile, int location, StringBuilder text) {
        var locations = profile.locations();
        var functions = profile.functions();
        text.append(Long.toHexString(locations.address()[location]));
        int mapping = locations.mapping()[location];
        if (mapping != dev.sonde.pprof.Profile.NONE) {
            text.append('@').append(profile.mappings().file()[mapping]);
            text.append('+').append(profile.mappings().start()[mapping]);
            text.append('#').append(profile.mappings().buildId()[mapping]);
        }
        for (int line = locations.lineStart()[location]; line < locations.lineStart()[location + 1]; line++) {
            int function = locations.lineFunction()[line];
            text.append('[').append(functions.name()[function]);
            text.append('|').append(functions.systemName()[function]);
            text.append('|').append(functions.file()[function]);
            text.append(':').append(locations.lineNumber()[line]).append(']');
        }
    }

    static List<String> sorted(List<String> lines) {
        return lines.stream().sorted(Comparator.naturalOrder()).toList();
    }
}
