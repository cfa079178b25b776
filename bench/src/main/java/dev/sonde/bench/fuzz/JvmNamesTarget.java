package dev.sonde.bench.fuzz;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JvmCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Jazzer's target: a JVM that lies in what names a frame: nmethods, PcDescs, ScopeDescs, methods, constant pools, symbols,
 * line tables. The input is the frame's number, then pieces of memory.
 */
public final class JvmNamesTarget {

    private static final long MOST_CALLS = 20_000;

    private static final long MOST_BYTES = 10 << 20;

    private JvmNamesTarget() {}

    /** Read when the first input comes. */
    private static final class Configured {
        static final JvmRecording RECORDING = JvmRecording.configured();
        static final VmLayout LAYOUT = layout(RECORDING);
    }

    /** One frame. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length > 0) {
            name(Configured.RECORDING, Configured.LAYOUT, data);
        }
    }

    /** As the recorded JVM has it. */
    static VmLayout layout(JvmRecording recording) {
        try (ProcessMemory memory = recording.memory().memory()) {
            return VmLayout.read(recording.libjvm(), memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a frame is called. */
    static JavaFrame name(JvmRecording recording, VmLayout layout, byte[] data) {
        JvmRecording.Frame frame =
                recording.frames().get((data[0] & 0xff) % recording.frames().size());
        recording.memory().damage(data, 1);
        try {
            return Allocation.bounded(() -> name(recording, layout, frame), data.length);
        } finally {
            recording.memory().mend();
        }
    }

    private static JavaFrame name(JvmRecording recording, VmLayout layout, JvmRecording.Frame frame) {
        try (ProcessMemory memory = recording.memory().memory()) {
            JvmCode code = JvmCode.open(layout, memory);
            JavaFrame named = code.resolve(frame.first(), frame.second(), true);
            code.stub(frame.first() << 8 >>> 8);
            Allocation.check(memory.calls() <= MOST_CALLS, memory.calls() + " reads");
            Allocation.check(code.memoryBytes() <= MOST_BYTES, code.memoryBytes() + " bytes held");
            return named;
        }
    }

    /** An input that changes nothing, of the places of which the frame's name depends. */
    static byte[] seed(JvmRecording recording, VmLayout layout, int number) {
        byte[] none = {(byte) number};
        recording.memory().asked();
        JavaFrame sound = name(recording, layout, none);
        List<Integer> telling = new ArrayList<>();
        for (int place : recording.memory().asked()) {
            byte[] piece = recording.memory().pieces(List.of(place));
            for (int i = Integer.BYTES; i < piece.length; i++) {
                piece[i] = (byte) ~piece[i];
            }
            byte[] input = new byte[1 + piece.length];
            input[0] = none[0];
            System.arraycopy(piece, 0, input, 1, piece.length);
            if (!name(recording, layout, input).equals(sound)) {
                telling.add(place);
            }
        }
        byte[] pieces = recording.memory().pieces(telling);
        byte[] seed = new byte[1 + pieces.length];
        seed[0] = none[0];
        System.arraycopy(pieces, 0, seed, 1, pieces.length);
        return seed;
    }
}
