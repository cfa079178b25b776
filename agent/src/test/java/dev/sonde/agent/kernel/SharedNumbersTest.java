package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.code.JvmImage;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What event.h and sample.h say and what this package says are the same numbers. */
class SharedNumbersTest {
    private static Btf btf;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream object = Sampler.class.getResourceAsStream("/dev/sonde/bpf/sampler.bpf.o")) {
            btf = Btf.of(object.readAllBytes());
        }
    }

    @Test
    void outcomes() {
        Map<String, Integer> java = new LinkedHashMap<>();
        for (StackOutcome outcome : StackOutcome.values()) {
            if (outcome != StackOutcome.UNKNOWN) {
                java.put("SONDE_OUTCOME_" + outcome.name(), outcome.number());
                assertThat(StackOutcome.of(outcome.number())).isEqualTo(outcome);
            }
        }
        java.put("SONDE_OUTCOMES", java.size());
        assertThat(btf.enums.get("sonde_outcome")).isEqualTo(java);
    }

    @Test
    void reasonsAreDistinctWords() {
        assertThat(StackOutcome.values())
                .extracting(StackOutcome::reason)
                .doesNotHaveDuplicates()
                .allMatch(reason -> reason.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    }

    @Test
    void counters() {
        assertThat(btf.enums.get("sonde_counter"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("SONDE_COUNTER_TICKS", CounterMap.TICKS),
                        Map.entry("SONDE_COUNTER_TICKS_IDLE", CounterMap.TICKS_IDLE),
                        Map.entry("SONDE_COUNTER_TICKS_LATE", CounterMap.TICKS_LATE),
                        Map.entry("SONDE_COUNTER_TICKS_FILTERED", CounterMap.TICKS_FILTERED),
                        Map.entry("SONDE_COUNTER_SAMPLES", CounterMap.SAMPLES),
                        Map.entry("SONDE_COUNTER_LOST_RING_FULL", CounterMap.LOST_RING_FULL),
                        Map.entry("SONDE_COUNTER_LOST_INTERNAL", CounterMap.LOST_INTERNAL),
                        Map.entry("SONDE_COUNTER_REGISTERS_UNREADABLE", CounterMap.REGISTERS_UNREADABLE),
                        Map.entry("SONDE_COUNTER_TARGETS_FULL", CounterMap.TARGETS_FULL),
                        Map.entry("SONDE_COUNTER_DUE_UNREADABLE", CounterMap.DUE_UNREADABLE),
                        Map.entry("SONDE_COUNTER_TABLE_REQUESTS_LOST", CounterMap.TABLE_REQUESTS_LOST),
                        Map.entry("SONDE_COUNTER_FRAMES_BY_POINTER", CounterMap.FRAMES_BY_POINTER),
                        Map.entry("SONDE_COUNTER_STACK_COPIES", CounterMap.STACK_COPIES),
                        Map.entry("SONDE_COUNTER_STACK_COPIES_LIMITED", CounterMap.STACK_COPIES_LIMITED),
                        Map.entry("SONDE_COUNTER_STACK_COPIES_RING_FULL", CounterMap.STACK_COPIES_RING_FULL),
                        Map.entry("SONDE_COUNTER_STACK_COPIES_BUSY", CounterMap.STACK_COPIES_BUSY),
                        Map.entry("SONDE_COUNTER_STACK_COPIES_UNREADABLE", CounterMap.STACK_COPIES_UNREADABLE),
                        Map.entry("SONDE_COUNTERS", CounterMap.COUNTERS)));
    }

    @Test
    void flagsAndTargets() {
        assertThat(btf.enums.get("sonde_flag"))
                .isEqualTo(Map.of(
                        "SONDE_FLAG_IN_KERNEL", Sample.FLAG_IN_KERNEL,
                        "SONDE_FLAG_KERNEL_THREAD", Sample.FLAG_KERNEL_THREAD,
                        "SONDE_FLAG_REGISTERS", Sample.FLAG_REGISTERS,
                        "SONDE_FLAG_SAFEPOINT", Sample.FLAG_SAFEPOINT,
                        "SONDE_FLAG_NAME_UTF16", Sample.FLAG_NAME_UTF16,
                        "SONDE_FLAG_MAY_BE_JVM", Sample.FLAG_MAY_BE_JVM));
        assertThat(btf.enums.get("sonde_follow"))
                .isEqualTo(Map.of(
                        "SONDE_FOLLOW_SELF", TargetMap.FOLLOW_SELF,
                        "SONDE_FOLLOW_CHILDREN", TargetMap.FOLLOW_CHILDREN));
        assertThat(btf.enums.get("sonde_frame"))
                .isEqualTo(Map.of(
                        "SONDE_FRAME_ADDRESS", FrameWord.ADDRESS,
                        "SONDE_FRAME_INTERPRETED", FrameWord.INTERPRETED,
                        "SONDE_FRAME_COMPILED", FrameWord.COMPILED));
        assertThat(btf.structs.get("sonde_target")).containsEntry("", Integer.BYTES);
    }

    @Test
    void layoutOfASample() {
        assertThat(btf.structs.get("sonde_sample"))
                .containsEntry("time_nanos", Sample.TIME)
                .containsEntry("process_start_nanos", Sample.PROCESS_START)
                .containsEntry("pid", Sample.PID)
                .containsEntry("tid", Sample.TID)
                .containsEntry("cpu", Sample.CPU)
                .containsEntry("kernel_depth", Sample.KERNEL_DEPTH)
                .containsEntry("user_depth", Sample.USER_DEPTH)
                .containsEntry("outcome", Sample.OUTCOME)
                .containsEntry("flags", Sample.FLAGS)
                .containsEntry("areas", Sample.AREAS)
                .containsEntry("stack_bytes", Sample.STACK_BYTES)
                .containsEntry("user_words", Sample.USER_WORDS)
                .containsEntry("comm", Sample.COMM)
                .containsEntry("process_comm", Sample.PROCESS_COMM)
                .containsEntry("registers", Sample.REGISTERS)
                .containsEntry("fs_base", Sample.FS_BASE)
                .containsEntry("virtual_name_bytes", Sample.VIRTUAL_NAME_BYTES)
                .containsEntry("virtual_name", Sample.VIRTUAL_NAME)
                .containsEntry("words", Sample.WORDS);
        assertThat(btf.structs.get("sonde_registers")).containsEntry("", Sample.FS_BASE - Sample.REGISTERS);
    }

    @Test
    void layoutOfAJvm() {
        assertThat(btf.structs.get("sonde_jvm_process"))
                .containsEntry("", JvmImage.PROCESS_BYTES)
                .containsEntry("layout", 40)
                .containsEntry("jvm_block", 64);
        assertThat(btf.structs.get("sonde_jvm"))
                .containsEntry("", JvmImage.DESCRIPTION_BYTES)
                .containsEntry("heaps", 104)
                .containsEntry("heap_count", 360)
                .containsEntry("block_header", 380)
                .containsEntry("method_const", 408)
                .containsEntry("chunk_stack", 438)
                .containsEntry("array_bytes", 454)
                .containsEntry("oop_offset_mask", 464)
                .containsEntry("young_forwarding", 472)
                .containsEntry("old_forwarding", 480)
                .containsEntry("oop_young_mask", 488)
                .containsEntry("oop_old_mask", 496)
                .containsEntry("oop_weak_bad_mask", 504)
                .containsEntry("oop_good_mask", 512)
                .containsEntry("granule_bits", 520)
                .containsEntry("forwarding_start", 526)
                .containsEntry("forwarding_shift", 528)
                .containsEntry("forwarding_length", 530)
                .containsEntry("forwarding_bytes", 532)
                .containsEntry("virtual_cont", 524)
                .containsEntry("safepoint_state", 456);
    }

    @Test
    void layoutOfTheConfiguration() {
        assertThat(btf.structs.get("sonde_config"))
                .containsEntry("", Sampler.CONFIG_BYTES)
                .containsEntry("period_nanos", Sampler.CONFIG_PERIOD)
                .containsEntry("filter_by_pid", Sampler.CONFIG_FILTER)
                .containsEntry("max_kernel_frames", Sampler.CONFIG_KERNEL_FRAMES)
                .containsEntry("stack_copies_per_second", Sampler.CONFIG_STACK_COPIES);
    }
}
