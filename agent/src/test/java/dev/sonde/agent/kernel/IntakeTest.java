package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.aggregate.Aggregator;
import dev.sonde.agent.aggregate.Clocks;
import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.aggregate.SampleLabels;
import dev.sonde.agent.aggregate.SampleResolver;
import dev.sonde.agent.aggregate.WindowLimits;
import dev.sonde.agent.aggregate.WindowSchedule;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.Jvms;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.quality.StackAccount;
import dev.sonde.agent.wiring.Intake;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.model.Labels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Here for samples, which only the sampler makes. */
class IntakeTest {

    private final Counts<Drop> drops = new Counts<>(Drop.class);
    private final AtomicBoolean broken = new AtomicBoolean();

    private final SampleResolver<ProcessInfo> resolver = new SampleResolver<>() {
        @Override
        public Labels series(ProcessInfo process) {
            if (broken.get()) {
                throw new IllegalStateException("broken on purpose");
            }
            return process.seriesLabels();
        }

        @Override
        public CodeMapping program(ProcessInfo process) {
            return null;
        }

        @Override
        public SampleLabels labels(ProcessInfo process, RawSample sample) {
            return sample.labels("app");
        }

        @Override
        public CodeLocation kernel(long address) {
            throw new AssertionError("no kernel frames");
        }

        @Override
        public CodeLocation user(ProcessInfo process, long address) {
            throw new AssertionError("no user frames");
        }
    };

    @Test
    void anErrorCostsItsSampleAndIsCounted() {
        MemorySegment memory = Arena.ofAuto().allocate(Sample.WORDS, 8);
        memory.set(JAVA_INT, Sample.PID, (int) ProcessHandle.current().pid());
        Sample sample = new Sample();
        assertThat(sample.wrap(memory, 0, Sample.WORDS)).isTrue();
        AtomicLong counted = new AtomicLong();
        ProcessKnowledge knowledge =
                ProcessKnowledge.open(new ProcessLabels(Rules.none(), Labels.empty(), "box", "6.18"), 10, 10);
        Aggregator<ProcessInfo> aggregator = new Aggregator<>(
                WindowSchedule.single(fromZero()),
                resolver,
                Intake.truncations(),
                WindowLimits.AGENT,
                drops,
                window -> counted.set(window.total()));
        Intake intake = new Intake(
                knowledge.table(),
                aggregator,
                false,
                new Counts<>(StackOutcome.class),
                id -> Optional.empty(),
                drops,
                StackAccount.none(),
                Jvms.none());

        broken.set(true);
        intake.onSample(sample);
        intake.onSample(sample);
        broken.set(false);
        intake.onSample(sample);
        aggregator.finish();

        assertThat(drops.get(Drop.INTERNAL)).isEqualTo(2);
        assertThat(counted).hasValue(1);
    }

    private static Clocks fromZero() {
        return new Clocks() {
            @Override
            public long monotonicNanos() {
                return 0;
            }

            @Override
            public long wallNanos() {
                return 0;
            }
        };
    }
}
