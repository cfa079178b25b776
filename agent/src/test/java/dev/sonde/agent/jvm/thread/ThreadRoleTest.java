package dev.sonde.agent.jvm.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as /proc/PID/task/TID/comm has them in JDK 17 and 25 with each collector, and whole ones. */
class ThreadRoleTest {

    @ParameterizedTest
    @CsvSource({
        "G1 Conc#0, gc",
        "G1 Main Marker, gc",
        "G1 Refine#0, gc",
        "G1 Service, gc",
        "GC Thread#13, gc",
        "StringDedupProc, gc",
        "StringDedupThre, gc",
        "RuntimeWorker#1, gc",
        "ZDirector, gc",
        "ZDriverMajor, gc",
        "ZStat, gc",
        "ZUncommitter#0, gc",
        "ZUnmapper, gc",
        "ZWorkerYoung#0, gc",
        "Shenandoah Cont, gc",
        "Shenandoah GC T, gc",
        "Shenandoah Unco, gc",
        "C1 CompilerThre, jit",
        "C2 CompilerThread0, jit",
        "Sweeper thread, jit",
        "VM Thread, vm",
        "VM Periodic Tas, vm",
        "Signal Dispatch, vm",
        "Service Thread, vm",
        "Monitor Deflati, vm",
        "Notification Th, vm",
        "Reference Handl, vm",
        "Finalizer, vm",
        "Common-Cleaner, vm",
        "java, app",
        "main, app",
        "http-nio-8080-e, app",
        "ForkJoinPool-1-, app",
        "GC-log-shipper, app",
        "G1, app",
        "'', app",
    })
    void byName(String name, String role) {
        assertThat(ThreadRole.ofName(name).word()).isEqualTo(role);
    }
}
