package dev.sonde.pprof;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.sonde.pprof.PprofException.Reason;
import java.io.IOException;

/**
 * Reads a profile, gzipped or plain, checking every id, index and size on the way. An instance keeps its buffers for the
 * next profile and belongs to one thread at a time.
 */
public final class PprofReader {

    // Field numbers of message Profile, proto/profile.proto.
    private static final int SAMPLE_TYPE = 1;
    private static final int SAMPLE = 2;
    private static final int MAPPING = 3;
    private static final int LOCATION = 4;
    private static final int FUNCTION = 5;
    private static final int STRING_TABLE = 6;
    private static final int TIME_NANOS = 9;
    private static final int DURATION_NANOS = 10;
    private static final int PERIOD_TYPE = 11;
    private static final int PERIOD = 12;
    private static final int COMMENT = 13;
    private static final int DEFAULT_SAMPLE_TYPE = 14;

    private final PprofLimits limits;
    private final Gunzip gunzip;

    /** A reader that refuses what is over the limits. */
    public PprofReader(PprofLimits limits) {
        this.limits = limits;
        this.gunzip = new Gunzip(limits.maxBytes());
    }

    /**
     * Reads one profile.
     *
     * @param bytes a pprof file, gzipped (RFC 1952) or plain
     * @throws PprofException when it is not one, or over a limit
     */
    public Profile read(byte[] bytes) throws PprofException {
        if (bytes.length == 0) {
            throw new PprofException(
                    Reason.MALFORMED, "profile: 0 bytes (expected: a pprof message, gzipped or plain)");
        }
        CodedInputStream in;
        if (Gunzip.isGzip(bytes)) {
            int length = gunzip.unpack(bytes);
            in = CodedInputStream.newInstance(gunzip.buffer(), 0, length);
        } else if (bytes.length > limits.maxBytes()) {
            throw new PprofException(
                    Reason.TOO_LARGE,
                    "profile: " + bytes.length + " bytes (expected: at most " + limits.maxBytes() + ")");
        } else {
            in = CodedInputStream.newInstance(bytes);
        }
        return read(in);
    }

    private Profile read(CodedInputStream in) throws PprofException {
        RawProfile raw = new RawProfile(limits);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                readField(in, tag, raw);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new PprofException(
                    Reason.MALFORMED,
                    "profile: broken at byte " + in.getTotalBytesRead() + ": " + e.getMessage()
                            + " (expected: a pprof message)",
                    e);
        } catch (IOException e) {
            throw new PprofException(Reason.MALFORMED, "profile: " + e.getMessage(), e);
        }
        return raw.resolve();
    }

    private static void readField(CodedInputStream in, int tag, RawProfile raw) throws IOException, PprofException {
        switch (WireFormat.getTagFieldNumber(tag)) {
            case SAMPLE_TYPE -> message(in, tag, raw::readSampleType);
            case SAMPLE -> message(in, tag, raw.samples::read);
            case MAPPING -> message(in, tag, raw.mappings::read);
            case LOCATION -> message(in, tag, raw.locations::read);
            case FUNCTION -> message(in, tag, raw.functions::read);
            case STRING_TABLE -> {
                expectType(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                raw.addString(in.readStringRequireUtf8());
            }
            case TIME_NANOS -> raw.timeNanos = varint(in, tag);
            case DURATION_NANOS -> raw.durationNanos = varint(in, tag);
            case PERIOD_TYPE -> message(in, tag, raw::readPeriodType);
            case PERIOD -> raw.period = varint(in, tag);
            case COMMENT -> RawProfile.readNumbers(in, tag, raw.comments, raw.maxComments());
            case DEFAULT_SAMPLE_TYPE -> raw.defaultSampleType = varint(in, tag);
            default -> skip(in, tag);
        }
    }

    /** Reads the fields of one nested message. */
    interface FieldReader {
        void read(CodedInputStream in) throws IOException, PprofException;
    }

    private static void message(CodedInputStream in, int tag, FieldReader reader) throws IOException, PprofException {
        int outer = enter(in, tag);
        reader.read(in);
        leave(in, outer);
    }

    /** Narrows the input to the nested message that starts here; returns what {@link #leave} takes. */
    static int enter(CodedInputStream in, int tag) throws IOException, PprofException {
        expectType(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.pushLimit(in.readRawVarint32());
    }

    /** Widens the input again at the end of a nested message. */
    static void leave(CodedInputStream in, int outer) throws IOException {
        in.checkLastTagWas(0);
        in.popLimit(outer);
    }

    static long varint(CodedInputStream in, int tag) throws IOException, PprofException {
        expectType(tag, WireFormat.WIRETYPE_VARINT);
        return in.readRawVarint64();
    }

    static void skip(CodedInputStream in, int tag) throws IOException, PprofException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
            // pprof never had groups; refusing them keeps hostile nesting out.
            throw new PprofException(Reason.MALFORMED, "profile: tag " + tag + " starts a group (expected: none)");
        }
        in.skipField(tag);
    }

    private static void expectType(int tag, int wireType) throws PprofException {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw new PprofException(
                    Reason.MALFORMED,
                    "profile: field " + WireFormat.getTagFieldNumber(tag) + " has wire type "
                            + WireFormat.getTagWireType(tag) + " (expected: " + wireType + ")");
        }
    }
}
