package dev.sonde.agent.metrics;

import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.FrameResult;
import dev.sonde.agent.jvm.JvmEvent;
import dev.sonde.agent.jvm.JvmState;
import dev.sonde.agent.kernel.SamplerCounters;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.process.ProcessEvent;
import dev.sonde.agent.ship.ShipDrop;
import dev.sonde.agent.ship.ShipEvent;
import dev.sonde.agent.ship.UploadOutcome;
import dev.sonde.agent.unwind.TableEvent;
import dev.sonde.agent.unwind.copied.CopyEvent;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Offers the agent's counts as metrics. All are read when they are asked for; nothing is counted twice. */
public final class AgentMetrics {

    private final PrometheusRegistry registry = new PrometheusRegistry();

    /** The registry that all of this is in. */
    public PrometheusRegistry registry() {
        return registry;
    }

    /** What became of the clock's ticks. */
    public void sampling(Supplier<SamplerCounters> counters, Counts<Drop> drops, LongSupplier excluded) {
        counter(
                "sonde_agent_samples_total",
                "Samples taken, by profile type",
                "type",
                each -> each.accept("cpu", counters.get().samples()));
        counter(
                "sonde_agent_samples_lost_total",
                "Samples that should be in a profile and are not, by reason",
                "reason",
                each -> {
                    Map<String, Long> lost = new TreeMap<>(counters.get().lost());
                    drops.forEach((drop, count) -> lost.merge(drop.word(), count, Long::sum));
                    lost.forEach(each::accept);
                });
        counter("sonde_agent_ticks_total", "Ticks of the sampling clock, by what they found", "found", each -> {
            SamplerCounters now = counters.get();
            each.accept("thread", now.ticks());
            each.accept("idle", now.ticksIdle());
        });
        counter(
                "sonde_agent_frames_by_pointer_total",
                "Frames whose caller was found by a frame pointer, because no table covers their code",
                () -> counters.get().framesByPointer());
        counter("sonde_agent_samples_excluded_total", "Samples left out by the include and exclude rules", excluded);
    }

    /** How stacks ended. */
    public void stacks(Counts<StackOutcome> outcomes) {
        counter("sonde_agent_stacks_total", "Stacks, by whether they reached their root", "outcome", each -> {
            long[] truncated = new long[1];
            outcomes.forEach((outcome, count) -> truncated[0] += outcome == StackOutcome.COMPLETE ? 0 : count);
            each.accept("complete", outcomes.get(StackOutcome.COMPLETE));
            each.accept("truncated", truncated[0]);
        });
        counter(
                "sonde_agent_stacks_truncated_total",
                "Stacks that ended before their root, by reason",
                "reason",
                each -> outcomes.forEach((outcome, count) -> {
                    if (outcome != StackOutcome.COMPLETE) {
                        each.accept(outcome.reason(), count);
                    }
                }));
    }

    /** Stacks that were copied for want of a table. */
    public void stackCopies(Supplier<SamplerCounters> counters, Counts<CopyEvent> events) {
        counter(
                "sonde_agent_stacks_finished_total",
                "Stacks that user space unwound from a copy, because a table was missing; how they ended is in"
                        + " sonde_agent_stacks_total",
                () -> events.get(CopyEvent.FINISHED));
        counter(
                "sonde_agent_stacks_not_finished_total",
                "Stacks that met a file without a table and stayed as they were, by reason",
                "reason",
                each -> {
                    SamplerCounters.StackCopies copies = counters.get().stackCopies();
                    each.accept("rate-limit", copies.limited());
                    each.accept("ring-full", copies.ringFull());
                    each.accept("busy", copies.busy());
                    each.accept("stack-unreadable", copies.unreadable());
                    events.forEach((event, count) -> {
                        if (event != CopyEvent.FINISHED) {
                            each.accept(event.word(), count);
                        }
                    });
                });
    }

    /** What is known of processes. */
    public void processes(LongSupplier known, Counts<ProcessEvent> processes, Counts<MappingEvent> mappings) {
        gauge("sonde_agent_processes", "Processes known", known);
        counter(
                "sonde_agent_process_events_total",
                "What happened with processes",
                "event",
                processes,
                ProcessEvent::word);
        counter(
                "sonde_agent_mapping_events_total",
                "What happened with mappings and addresses",
                "event",
                mappings,
                MappingEvent::word);
    }

    /** The kernel's unwind tables. */
    public void unwindTables(Counts<TableEvent> events, LongSupplier files, LongSupplier bytes) {
        gauge("sonde_agent_unwind_files", "Files whose unwind table, or want of one, is known", files);
        gauge("sonde_agent_unwind_table_bytes", "The kernel's memory for unwind tables", bytes);
        counter(
                "sonde_agent_unwind_table_events_total",
                "What happened with unwind tables",
                "event",
                events,
                TableEvent::word);
    }

    /** Java virtual machines. */
    public void jvms(Counts<JvmEvent> events, Counts<FrameResult> frames, ToLongFunction<JvmState> count) {
        GaugeWithCallback.builder()
                .name("sonde_agent_jvms")
                .help("Java virtual machines that run, by how far they are known")
                .labelNames("state")
                .callback(callback -> {
                    for (JvmState state : JvmState.values()) {
                        if (state != JvmState.ENDED) {
                            callback.call((double) count.applyAsLong(state), state.word());
                        }
                    }
                })
                .register(registry);
        counter(
                "sonde_agent_jvm_events_total",
                "What happened with Java virtual machines",
                "event",
                events,
                JvmEvent::word);
        counter(
                "sonde_agent_jvm_frames_total",
                "Frames in the code of Java virtual machines, by what became of them",
                "result",
                frames,
                FrameResult::word);
    }

    /** Delivery. */
    public void shipping(Counts<ShipEvent> events, Counts<ShipDrop> drops, Counts<UploadOutcome> uploads) {
        counter(
                "sonde_agent_profiles_shipped_total",
                "Profiles that the server acknowledged",
                () -> events.get(ShipEvent.PROFILE_SHIPPED));
        counter(
                "sonde_agent_ship_retries_total",
                "Requests that failed and were tried again",
                () -> events.get(ShipEvent.RETRY));
        counter(
                "sonde_agent_ship_splits_total",
                "Requests that were refused as a whole and sent again profile by profile",
                () -> events.get(ShipEvent.BATCH_SPLIT));
        counter(
                "sonde_agent_ship_deferred_total",
                "Batches put behind the others because the server failed at them",
                () -> events.get(ShipEvent.BATCH_DEFERRED));
        counter(
                "sonde_agent_ship_errors_total",
                "Batches put behind the others because the agent failed at them",
                () -> events.get(ShipEvent.ERROR));
        counter(
                "sonde_agent_spool_in_memory_total",
                "Batches kept in memory because the disk could not be written",
                () -> events.get(ShipEvent.KEPT_IN_MEMORY));
        counter("sonde_agent_ship_dropped_total", "Profiles and batches dropped", "reason", drops, ShipDrop::word);
        counter(
                "sonde_agent_symbol_uploads_total",
                "Symbols offered to the server",
                "outcome",
                uploads,
                UploadOutcome::word);
    }

    /** A number that goes up and down. */
    public void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    private void counter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    private void counter(String name, String help, String label, Consumer<ObjLongConsumer<String>> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.accept((word, count) -> callback.call((double) count, word)))
                .register(registry);
    }

    private <E extends Enum<E>> void counter(
            String name, String help, String label, Counts<E> counts, Function<E, String> word) {
        counter(name, help, label, each -> counts.forEach((event, count) -> each.accept(word.apply(event), count)));
    }
}
