package dev.sonde.bench.jvmsteps;

import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import dev.sonde.bench.jvmsteps.ShadowCalls.Before;
import dev.sonde.bench.jvmsteps.Stepper.Status;
import dev.sonde.bench.steps.SteppedFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Steps a thread of a JVM in bursts at random times, and has the unwinder judged. */
final class JvmBursts {

    /** Instructions of a burst that are judged. */
    private static final int JUDGED = 300;

    /** Behind them, until the frames return that were there before; what has not by then is not judged. */
    private static final int BEHIND = 3_000;

    /** A prime, that no period of the program is. */
    private static final long MAX_PAUSE_MILLIS = 41;

    /** Of each program, however many instructions the first ones have. */
    private static final int MIN_BURSTS = 3;

    private final Stepper stepper;
    private final HostUnwinder unwinder = new HostUnwinder();
    private final Map<String, SteppedFile> files = new HashMap<>();
    private final Random random;

    JvmBursts(Stepper stepper, long seed) {
        this.stepper = stepper;
        this.random = new Random(seed);
    }

    /**
     * Steps until so many instructions of Java code were judged.
     *
     * @param thread how the thread's name begins; of several, any that runs
     * @param bursts at most so many
     */
    void run(int pid, String thread, long instructions, int bursts, JvmStepScore score)
            throws IOException, InterruptedException {
        long end = score.java().judged() + instructions;
        try (SteppedJvm jvm = new SteppedJvm(pid, files)) {
            for (int i = 0; i < bursts && (i < MIN_BURSTS || score.java().judged() < end); i++) {
                // Spread over what the program does.
                Thread.sleep(random.nextLong(MAX_PAUSE_MILLIS) + 1);
                burst(jvm, pick(pid, thread, random), score);
            }
        }
    }

    /** Any of the threads that run; 0 where none does. */
    static int pick(int pid, String thread, Random random) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                String stat = Files.readString(task.resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                if (name.startsWith(thread) && stat.charAt(stat.lastIndexOf(')') + 2) == 'R') {
                    found.add(Integer.parseInt(task.getFileName().toString()));
                }
            }
        }
        Collections.shuffle(found, random);
        return found.isEmpty() ? 0 : found.getFirst();
    }

    private void burst(SteppedJvm jvm, int tid, JvmStepScore score) throws IOException {
        if (tid == 0) {
            return;
        }
        Status status = stepper.attach(jvm.pid(), tid);
        try {
            if (status == Status.REFUSED) {
                throw new StepperException(jvm.pid());
            }
            // In a system call it may wait for threads that stand still.
            if (status == Status.STOPPED && stepper.register(Stepper.ORIG_RAX) < 0) {
                jvm.read();
                step(jvm, score);
            }
        } finally {
            stepper.detach();
        }
    }

    private void step(SteppedJvm jvm, JvmStepScore score) throws IOException {
        ShadowCalls shadow = new ShadowCalls(jvm::isInterpreter, jvm, new Sorted(jvm, score));
        Status status = Status.STOPPED;
        long last = 0;
        for (int i = 0; status == Status.STOPPED && (i < JUDGED || (i < BEHIND && shadow.isOpen())); i++) {
            Before before = Before.of(stepper);
            // A repeated string instruction stops once a turn: nothing new to judge.
            if (i < JUDGED && before.rip() != last) {
                last = before.rip();
                shadow.claim(claim(jvm, last, score));
            }
            if (isSystemCall(before.code())) {
                break;
            }
            status = stepper.step();
            if (status == Status.STOPPED) {
                shadow.follow(before, stepper);
            }
        }
        shadow.end();
    }

    private static boolean isSystemCall(byte[] code) {
        return code[0] == 0x0f && code[1] == 0x05;
    }

    private StepClaim claim(SteppedJvm jvm, long pc, JvmStepScore score) throws IOException {
        HostStack stack = unwinder.unwindStopped(stepper.registers(), jvm.host(), jvm.pid());
        long[] addresses = stack.addresses();
        boolean leaf = addresses.length == 1;
        long last = leaf ? pc : addresses[addresses.length - 1] - 1;
        score.add(stack.outcome(), (leaf ? "leaf " : "caller ") + jvm.place(last));
        return new StepClaim(pc, leaf ? 0 : addresses[1], stack.outcome().reason(), jvm.place(pc), jvm.bytes(pc));
    }

    /**
     * Sorts judgements by whether the code was Java's.
     *
     * @param jvm where it ran
     */
    private record Sorted(SteppedJvm jvm, JvmStepScore score) implements ClaimSink {

        private ClaimSink of(StepClaim claim) {
            return jvm.isJava(claim.pc()) ? score.java() : score.other();
        }

        @Override
        public void right(StepClaim claim) {
            of(claim).right(claim);
        }

        @Override
        public void returned(StepClaim claim, long to) {
            if (jvm.isBarrier(to) && claim.caller() != 0) {
                // Behind a virtual thread's barrier comes a frozen frame, which is not returned to as it is.
                of(claim).right(claim);
            } else if (jvm.isYield(claim.pc())) {
                // It leaves all frames of the virtual thread, to the carrier's.
                of(claim).undecided(claim);
            } else {
                of(claim).returned(claim, to);
            }
        }

        @Override
        public void undecided(StepClaim claim) {
            of(claim).undecided(claim);
        }
    }
}
