package dev.sonde.pprof;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import it.unimi.dsi.fastutil.objects.Object2IntLinkedOpenHashMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Writes profiles as gzipped pprof. Ids are the dense indexes plus one. */
public final class PprofWriter {

    private static final int NESTED_BUFFER_BYTES = 1024;

    private final Object2IntLinkedOpenHashMap<String> strings = new Object2IntLinkedOpenHashMap<>();
    private final ByteArrayOutputStream nested = new ByteArrayOutputStream(NESTED_BUFFER_BYTES);
    private final CodedOutputStream out;

    private PprofWriter(CodedOutputStream out) {
        this.out = out;
        strings.put("", 0);
    }

    /** The profile as a gzipped pprof file. */
    public static byte[] write(Profile profile) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            CodedOutputStream out = CodedOutputStream.newInstance(gzip);
            new PprofWriter(out).writeProfile(profile);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** Writes the fields of a nested message. */
    private interface Fields {
        void write(CodedOutputStream message) throws IOException;
    }

    private void message(CodedOutputStream to, int field, Fields fields) throws IOException {
        nested.reset();
        CodedOutputStream message = CodedOutputStream.newInstance(nested, NESTED_BUFFER_BYTES);
        fields.write(message);
        message.flush();
        to.writeByteArray(field, nested.toByteArray());
    }

    private void writeProfile(Profile profile) throws IOException {
        Profile.Header header = profile.header();
        for (var type : header.sampleTypes()) {
            message(out, 1, m -> writeValueType(m, type.type(), type.unit()));
        }
        for (int i = 0; i < profile.samples().count(); i++) {
            writeSample(profile.samples(), i);
        }
        for (int i = 0; i < profile.mappings().count(); i++) {
            writeMapping(profile.mappings(), i);
        }
        for (int i = 0; i < profile.locations().count(); i++) {
            writeLocation(profile.locations(), i);
        }
        for (int i = 0; i < profile.functions().count(); i++) {
            writeFunction(profile.functions(), i);
        }
        number(out, 9, header.timeNanos());
        number(out, 10, header.durationNanos());
        message(
                out,
                11,
                m -> writeValueType(
                        m, header.periodType().type(), header.periodType().unit()));
        number(out, 12, header.period());
        for (String comment : header.comments()) {
            out.writeInt64(13, string(comment));
        }
        number(
                out,
                14,
                string(header.sampleTypes().get(header.defaultSampleType()).type()));
        for (String text : strings.keySet()) {
            out.writeString(6, text);
        }
    }

    private void writeValueType(CodedOutputStream m, String type, String unit) throws IOException {
        number(m, 1, string(type));
        number(m, 2, string(unit));
    }

    private void writeSample(Profile.Samples samples, int i) throws IOException {
        byte[][] labels = labels(samples, i);
        message(out, 2, m -> {
            packed(m, 1, samples.stackStart()[i], samples.stackStart()[i + 1], at -> samples.location()[at] + 1L);
            packed(m, 2, i * samples.valueCount(), (i + 1) * samples.valueCount(), at -> samples.value()[at]);
            for (byte[] label : labels) {
                m.writeByteArray(3, label);
            }
        });
    }

    /** The label messages of a sample, made before the sample's own for both use the one buffer. */
    private byte[][] labels(Profile.Samples samples, int i) throws IOException {
        int from = samples.labelStart()[i];
        byte[][] labels = new byte[samples.labelStart()[i + 1] - from][];
        for (int j = 0; j < labels.length; j++) {
            int at = from + j;
            nested.reset();
            CodedOutputStream m = CodedOutputStream.newInstance(nested, NESTED_BUFFER_BYTES);
            number(m, 1, string(samples.labelKey()[at]));
            if (samples.labelText()[at] != null) {
                number(m, 2, string(samples.labelText()[at]));
            } else {
                number(m, 3, samples.labelNumber()[at]);
                number(m, 4, string(samples.labelUnit()[at]));
            }
            m.flush();
            labels[j] = nested.toByteArray();
        }
        return labels;
    }

    private void writeMapping(Profile.Mappings mappings, int i) throws IOException {
        message(out, 3, m -> {
            m.writeUInt64(1, i + 1L);
            number(m, 2, mappings.start()[i]);
            number(m, 3, mappings.limit()[i]);
            number(m, 4, mappings.offset()[i]);
            number(m, 5, string(mappings.file()[i]));
            number(m, 6, string(mappings.buildId()[i]));
            if (mappings.hasFunctions()[i]) {
                m.writeBool(7, true);
            }
        });
    }

    private void writeLocation(Profile.Locations locations, int i) throws IOException {
        message(out, 4, m -> {
            m.writeUInt64(1, i + 1L);
            number(m, 2, locations.mapping()[i] + 1L);
            number(m, 3, locations.address()[i]);
            for (int line = locations.lineStart()[i]; line < locations.lineStart()[i + 1]; line++) {
                long function = locations.lineFunction()[line] + 1L;
                long lineNumber = locations.lineNumber()[line];
                m.writeTag(4, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                m.writeUInt32NoTag(CodedOutputStream.computeUInt64Size(1, function)
                        + (lineNumber == 0 ? 0 : CodedOutputStream.computeInt64Size(2, lineNumber)));
                m.writeUInt64(1, function);
                number(m, 2, lineNumber);
            }
        });
    }

    private void writeFunction(Profile.Functions functions, int i) throws IOException {
        message(out, 5, m -> {
            m.writeUInt64(1, i + 1L);
            number(m, 2, string(functions.name()[i]));
            number(m, 3, string(functions.systemName()[i]));
            number(m, 4, string(functions.file()[i]));
            number(m, 5, functions.startLine()[i]);
        });
    }

    private int string(String text) {
        strings.putIfAbsent(text, strings.size());
        return strings.getInt(text);
    }

    private static void number(CodedOutputStream m, int field, long value) throws IOException {
        if (value != 0) {
            m.writeInt64(field, value);
        }
    }

    /** A column of numbers by index. */
    private interface Column {
        long at(int index);
    }

    private static void packed(CodedOutputStream m, int field, int from, int to, Column column) throws IOException {
        if (from == to) {
            return;
        }
        int bytes = 0;
        for (int i = from; i < to; i++) {
            bytes += CodedOutputStream.computeUInt64SizeNoTag(column.at(i));
        }
        m.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        m.writeUInt32NoTag(bytes);
        for (int i = from; i < to; i++) {
            m.writeUInt64NoTag(column.at(i));
        }
    }
}
