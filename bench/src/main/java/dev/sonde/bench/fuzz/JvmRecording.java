package dev.sonde.bench.fuzz;

import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JvmCode;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.bench.harness.Commands;
import dev.sonde.bench.harness.MappedJvm;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What reading this very JVM took: its tables, its code heaps, and all that names some frames.
 *
 * @param libjvm its file, without local symbols: reading them takes longer than all else
 * @param memory what was read
 * @param frames that have names
 */
record JvmRecording(LibJvm libjvm, RecordedMemory memory, List<Frame> frames) {

    private static final long COMPILED = (long) FrameWord.COMPILED << 56;
    private static final long INTERPRETED = (long) FrameWord.INTERPRETED << 56;
    private static final int METHOD_SHIFT = 16;

    /** From the start of a method's code: behind its prologue, where calls are. */
    private static final int INTO_CODE = 60;

    /** A frame's words (FrameWord); a leaf's. */
    record Frame(long first, long second) {}

    /** Records this JVM, with some of its methods. */
    static JvmRecording record(Path folder, int methods) throws IOException, InterruptedException {
        int pid = (int) ProcessHandle.current().pid();
        LibJvm libjvm = stripped(folder);
        try (ProcessMemory own = ProcessMemory.of(new FfmLibc(), pid)) {
            RecordedMemory memory = new RecordedMemory(own);
            List<Frame> frames = new ArrayList<>();
            try (ProcessMemory recorded = memory.memory()) {
                VmLayout layout = VmLayout.read(libjvm, recorded);
                List<CodeBlob> compiled = new BlobList(layout, recorded)
                        .read(blob -> blob.kind().isNmethod() && blob.nmethod().method() != 0);
                JvmCode code = JvmCode.open(layout, recorded);
                int step = Math.max(1, compiled.size() / methods);
                for (int i = 0; i < compiled.size(); i += step) {
                    CodeBlob blob = compiled.get(i);
                    long method = blob.nmethod().method();
                    long id = method << METHOD_SHIFT | (blob.nmethod().compileId() & 0xffff);
                    addNamed(
                            code,
                            new Frame(COMPILED | Math.min(blob.codeBegin() + INTO_CODE, blob.codeEnd() - 1), id),
                            frames);
                    long bytecodes = word(own, method + layout.method().constMethod())
                            + layout.method().constMethodBytes();
                    addNamed(code, new Frame(INTERPRETED | method, bytecodes), frames);
                }
            }
            return new JvmRecording(libjvm, memory, frames);
        }
    }

    private static long word(ProcessMemory own, long address) throws IOException {
        byte[] word = new byte[Long.BYTES];
        own.read(address, word, 0, word.length);
        return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static void addNamed(JvmCode code, Frame frame, List<Frame> frames) {
        if (code.resolve(frame.first(), frame.second(), true) instanceof JavaFrame.Named) {
            frames.add(frame);
        }
    }

    private static LibJvm stripped(Path folder) throws IOException, InterruptedException {
        LibJvm own = MappedJvm.of(ProcessHandle.current().pid());
        Path copy = folder.resolve("libjvm.so");
        Commands.output(
                folder, List.of("strip", "-o", copy.toString(), own.file().toString()));
        return new LibJvm(copy, copy.toString(), own.loadBias());
    }

    void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeUTF(libjvm.mappedPath());
            out.writeLong(libjvm.loadBias());
            out.writeInt(frames.size());
            for (Frame frame : frames) {
                out.writeLong(frame.first());
                out.writeLong(frame.second());
            }
            memory.write(out);
        }
    }

    static JvmRecording read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            String path = in.readUTF();
            LibJvm libjvm = new LibJvm(Path.of(path), path, in.readLong());
            List<Frame> frames = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                frames.add(new Frame(in.readLong(), in.readLong()));
            }
            return new JvmRecording(libjvm, RecordedMemory.read(in), frames);
        }
    }

    /** The one of the property of a fuzzing JVM. */
    static JvmRecording configured() {
        try {
            return read(Path.of(System.getProperty(Template.PROPERTY)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
