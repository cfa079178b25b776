package dev.sonde.agent.unwind.copied;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.ProcessCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Stacks in code of no file, of a process that may have a JVM. */
class StackFinisherTest {

    private static final int PID = 7;
    private static final long STARTED = 5;
    private static final long STACK_TOP = 0x7ffd_0000_8000L;
    private static final MappedArea CODE = new MappedArea(0x7f00_0000_0000L, 0x7f00_0000_1000L, 0, FileId.NONE);
    private static final long STACK = 0x7ffd_0000_0000L;

    /** Index in struct pt_regs. */
    private static final int IP = 16;

    private static final int SP = 19;
    private static final int STACKS = 8;

    private int offered;
    private final CopiedStacks stacks =
            new CopiedStacks(new CopyLimits(STACKS, 1 << 20, Duration.ofMinutes(5)), () -> offered++);
    private final List<Long> askedFor = new ArrayList<>();
    private boolean mayCome = true;

    private final StackFinisher finisher = new StackFinisher(
            stacks,
            pid -> Optional.of(new ProcessCode(STARTED, STACK_TOP, List.of(CODE))),
            new NoTables(),
            file -> false,
            1 << 20);

    private static final class NoTables implements TableKeeper {
        @Override
        public void want(MappedCode code) {}

        @Override
        public boolean knows(FileId file) {
            return false;
        }

        @Override
        public Optional<UnwindTableImage> table(FileId file) {
            return Optional.empty();
        }
    }

    private final class Jvms implements JvmImages {
        @Override
        public JvmImage image(int pid, long processStartNanos, long stackTop) {
            askedFor.add(stackTop);
            return null;
        }

        @Override
        public boolean mayCome(int pid, long processStartNanos) {
            return mayCome;
        }
    }

    private static CopiedStack stack(boolean pending) {
        ByteBuffer registers = ByteBuffer.allocate(176).order(ByteOrder.LITTLE_ENDIAN);
        registers.putLong(IP * Long.BYTES, CODE.start() + 16).putLong(SP * Long.BYTES, STACK);
        return new CopiedStack(
                System.nanoTime(), PID, STARTED, registers.array(), STACK, new byte[64], List.of(), pending);
    }

    @Test
    void whoFinishesIsWokenForTheFirstOfThoseThatWait() {
        stacks.offer(stack(false));
        stacks.offer(stack(false));
        assertThat(offered).isEqualTo(1);
        finisher.finishWaiting();
        stacks.offer(stack(false));
        assertThat(offered).isEqualTo(2);
    }

    @Test
    void halfOfTheRoomIsLeftToOthers() {
        finisher.knowJvms(new Jvms());
        List<CopiedStack> offered = new ArrayList<>();
        for (int i = 0; i < STACKS; i++) {
            offered.add(stack(i % 2 == 0));
            assertThat(stacks.offer(offered.get(i))).isTrue();
        }
        finisher.finishWaiting();
        assertThat(offered.subList(0, STACKS / 2)).allMatch(stack -> stack.result() == null);
        assertThat(offered.subList(STACKS / 2, STACKS))
                .allMatch(stack -> stack.result().event() == CopyEvent.JVM_QUEUE_FULL);
        assertThat(offered.get(STACKS - 2).result().stack().words())
                .as("by frame pointers, for a table was missing")
                .containsExactly(CODE.start() + 16);
        assertThat(offered.get(STACKS - 1).result().stack())
                .as("the sampling program's own holds")
                .isNull();
        for (CopiedStack stack : offered.subList(STACKS / 2, STACKS)) {
            stacks.end(stack);
        }
        assertThat(stacks.counts().get(CopyEvent.JVM_QUEUE_FULL)).isEqualTo(STACKS / 2);
        assertThat(stacks.offer(stack(true))).as("there is room again").isTrue();
    }

    @Test
    void aJvmIsThatOfTheProgramWhichWasListed() {
        mayCome = false;
        finisher.knowJvms(new Jvms());
        CopiedStack old = new CopiedStack(
                System.nanoTime() - Duration.ofSeconds(1).toNanos(),
                PID,
                STARTED,
                new byte[176],
                STACK,
                new byte[64],
                List.of(),
                true);
        stacks.offer(old);
        finisher.finishWaiting();
        assertThat(old.result()).isNotNull();
        assertThat(askedFor).contains(STACK_TOP);
    }
}
