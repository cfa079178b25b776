package dev.sonde.bench.fuzz;

import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.layout.VmLayoutException;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Jazzer's target: a JVM that lies in gHotSpotVMStructs and the tables beside it, and in its code heaps. */
public final class JvmLayoutTarget {

    /** Some 1,000 pages are read of a sound JVM; a reader that runs away makes millions of calls. */
    private static final long MOST_CALLS = 200_000;

    private JvmLayoutTarget() {}

    /** Read when the first input comes. */
    private static final class Configured {
        static final JvmRecording RECORDING = JvmRecording.configured();
    }

    /** One JVM: pieces of its memory. */
    public static void fuzzerTestOneInput(byte[] data) {
        blobs(Configured.RECORDING, data);
    }

    /** How many blobs it has; -1 where it is refused. */
    static int blobs(JvmRecording recording, byte[] data) {
        recording.memory().damage(data, 0);
        try {
            return Allocation.bounded(() -> read(recording), data.length);
        } finally {
            recording.memory().mend();
        }
    }

    private static int read(JvmRecording recording) {
        try (ProcessMemory memory = recording.memory().memory()) {
            try {
                int blobs = new BlobList(VmLayout.read(recording.libjvm(), memory), memory)
                        .read()
                        .size();
                Allocation.check(memory.calls() <= MOST_CALLS, memory.calls() + " reads");
                return blobs;
            } catch (VmLayoutException | ProcessReadException e) {
                Allocation.check(!e.getMessage().isEmpty(), "an error that says nothing");
                return -1;
            } catch (IOException e) {
                throw new AssertionError("an error that is not typed", e);
            }
        }
    }

    /** An input that changes nothing, of places all over what is read. */
    static byte[] seed(JvmRecording recording, int pieces) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < pieces; i++) {
            places.add((int) ((long) i * recording.memory().places() / pieces) & -Long.BYTES);
        }
        return recording.memory().pieces(places);
    }
}
