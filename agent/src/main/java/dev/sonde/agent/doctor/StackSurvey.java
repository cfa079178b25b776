package dev.sonde.agent.doctor;

import dev.sonde.agent.aggregate.Aggregator;
import dev.sonde.agent.aggregate.Clocks;
import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.aggregate.ProcessResolver;
import dev.sonde.agent.aggregate.WindowLimits;
import dev.sonde.agent.aggregate.WindowSchedule;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.JvmProcesses;
import dev.sonde.agent.jvm.KernelJvms;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.quality.QualityReport;
import dev.sonde.agent.quality.StackQuality;
import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopyLimits;
import dev.sonde.agent.wiring.HeldSamples;
import dev.sonde.agent.wiring.Intake;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.agent.wiring.RunningJvms;
import dev.sonde.agent.wiring.Symbols;
import dev.sonde.model.Labels;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Samples the machine for a while, only to see how the stacks are. */
final class StackSurvey {

    /** Many, for there is little time. */
    private static final int HERTZ = 199;

    private static final Duration POLL = Duration.ofMillis(20);

    private static final int MAX_PROCESSES = 1 << 14;
    private static final int MAX_FILES = 4096;

    private StackSurvey() {}

    static StackSource take(Duration duration) {
        try {
            return StackSource.of(sample(duration), "sampled for " + duration.toMillis() + " ms");
        } catch (SamplerException e) {
            return new StackSource(Check.fail(StackSource.NAME, e), null);
        }
    }

    private static QualityReport sample(Duration duration) throws SamplerException {
        StackQuality quality = new StackQuality(System::nanoTime);
        ProcessKnowledge knowledge = ProcessKnowledge.open(
                new ProcessLabels(Rules.none(), Labels.empty(), "", ""), MAX_PROCESSES, MAX_FILES);
        Counts<Drop> drops = new Counts<>(Drop.class);
        // The window is never closed: nobody wants the profile.
        Aggregator<ProcessInfo> aggregator = new Aggregator<>(
                WindowSchedule.single(Clocks.system()),
                new ProcessResolver(Symbols.kernel(), Symbols.vdso(), file -> {}),
                Intake.truncations(),
                WindowLimits.AGENT,
                drops,
                window -> {});
        try (Sampler sampler = Sampler.open(SamplerOptions.wholeMachine(HERTZ));
                Unwinding unwinding = Unwinding.prepare(sampler, knowledge.files(), Optional.empty());
                JvmProcesses jvms = JvmProcesses.open(KernelJvms.of(sampler.jvmMaps()))) {
            Intake intake = new Intake(
                    knowledge.table(),
                    aggregator,
                    false,
                    new Counts<>(StackOutcome.class),
                    unwinding::file,
                    drops,
                    quality,
                    jvms);
            HeldSamples held = new HeldSamples(intake, unwinding.copies());
            unwinding.knowJvms(jvms);
            RunningJvms.read(jvms, knowledge.table(), sampler.codeRequests());
            sampler.start();
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(POLL.toNanos());
                held.poll(sampler);
                held.takeReady(System.nanoTime());
            }
            held.takeAll(CopyLimits.AGENT.patience());
            return quality.report().withJvms(jvms.report());
        }
    }
}
