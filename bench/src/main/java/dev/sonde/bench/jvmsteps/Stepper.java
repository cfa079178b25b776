package dev.sonde.bench.jvmsteps;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.unwind.host.HostUnwinder;
import dev.sonde.bench.harness.Commands;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Stops processes and steps one of their threads, through stepper.c among the resources. One thread at a time. */
final class Stepper implements AutoCloseable {

    /** enum of the tracer. */
    enum Status {
        STOPPED,
        SIGNAL,
        STUCK,
        GONE,
        REFUSED
    }

    /** Indices in struct user_regs_struct. */
    static final int R13 = 2;

    static final int ORIG_RAX = 15;
    static final int RIP = 16;
    static final int RSP = 19;

    private static final int REGISTERS_AT = 8;
    private static final int CODE_AT = REGISTERS_AT + HostUnwinder.REGISTERS_AND_FS_BASE_BYTES;
    private static final int CODE_BYTES = 16;
    private static final int STACK_AT = CODE_AT + CODE_BYTES;
    private static final int STACK_WORDS = 4;
    private static final int STATE_BYTES = STACK_AT + STACK_WORDS * Long.BYTES;

    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] state = new byte[STATE_BYTES];
    private final ByteBuffer view = ByteBuffer.wrap(state).order(ByteOrder.nativeOrder());
    private final MemorySegment registers =
            Arena.ofAuto().allocate(HostUnwinder.REGISTERS_AND_FS_BASE_BYTES, Long.BYTES);

    private Stepper(Process process) {
        this.process = process;
        this.in = new BufferedInputStream(process.getInputStream());
        this.out = process.getOutputStream();
    }

    /** Compiles and starts it. */
    static Stepper start(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("stepper.c");
        try (InputStream resource = Stepper.class.getResourceAsStream("stepper.c")) {
            Files.write(source, resource.readAllBytes());
        }
        Path program = folder.resolve("stepper");
        Commands.output(folder, List.of("cc", "-O2", "-o", program.toString(), source.toString()));
        return new Stepper(new ProcessBuilder(program.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Stops a process, whose thread {@code tid} is to be stepped. */
    Status attach(int pid, int tid) throws IOException {
        ByteBuffer command = ByteBuffer.allocate(9).order(ByteOrder.nativeOrder());
        out.write(command.put((byte) 'a').putInt(pid).putInt(tid).array());
        return readState();
    }

    /** One instruction on. */
    Status step() throws IOException {
        out.write('s');
        return readState();
    }

    /** Lets the process go on. */
    void detach() throws IOException {
        out.write('d');
        out.flush();
        read(new byte[Integer.BYTES]);
    }

    private Status readState() throws IOException {
        out.flush();
        read(state);
        return Status.values()[view.getInt(0)];
    }

    private void read(byte[] into) throws IOException {
        if (in.readNBytes(into, 0, into.length) < into.length) {
            throw new EOFException("stepper: ended (expected: an answer)");
        }
    }

    /** A register, by its index in struct user_regs_struct. */
    long register(int index) {
        return view.getLong(REGISTERS_AT + index * Long.BYTES);
    }

    /** All of them, as the unwinder wants them; the memory is used again. */
    MemorySegment registers() {
        for (int i = 0; i < HostUnwinder.REGISTERS_AND_FS_BASE_BYTES / Long.BYTES; i++) {
            registers.setAtIndex(JAVA_LONG, i, register(i));
        }
        return registers;
    }

    /** The instruction that is next, and bytes behind it. */
    byte[] code() {
        byte[] code = new byte[CODE_BYTES];
        System.arraycopy(state, CODE_AT, code, 0, CODE_BYTES);
        return code;
    }

    /** The word at the stack pointer. */
    long stackWord() {
        return view.getLong(STACK_AT);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
