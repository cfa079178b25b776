package dev.sonde.agent.jvm.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceThreadsTest {

    @TempDir
    Path proc;

    private long nanos;
    private NamespaceThreads threads;

    @BeforeEach
    void open() {
        threads = new NamespaceThreads(proc, () -> nanos);
    }

    private final List<JavaThread> inside =
            List.of(new JavaThread(7, "main"), new JavaThread(19, "worker"), new JavaThread(23, "ended"));

    @Test
    void numbersOfTheContainerBecomeThoseOfTheMachine() throws IOException {
        namespaces("pid:[4026531836]", "pid:[4026532500]");
        task(5001, "Name:\tjava\nNSpid:\t5001\t107\t7\nThreads:\t3\n");
        task(5007, "NSpid:\t5007\t119\t19\n");
        task(5008, "Name:\tno such line\n");
        assertThat(threads.outside(5001, inside))
                .containsExactlyInAnyOrder(new JavaThread(5001, "main"), new JavaThread(5007, "worker"));
    }

    @Test
    void aThreadsNumbersAreReadOnceForAWhile() throws IOException {
        namespaces("pid:[4026531836]", "pid:[4026532500]");
        task(5001, "NSpid:\t5001\t7\n");
        task(5007, "NSpid:\t5007\t19\n");
        assertThat(threads.outside(5001, inside))
                .containsExactlyInAnyOrder(new JavaThread(5001, "main"), new JavaThread(5007, "worker"));
        // Not so in life: it shows what is read.
        task(5001, "NSpid:\t5001\t23\n");
        task(5008, "NSpid:\t5008\t23\n");
        Files.delete(proc.resolve("5001/task/5007/status"));
        Files.delete(proc.resolve("5001/task/5007"));
        assertThat(threads.outside(5001, inside))
                .as("what is new is read, what ended is left out")
                .containsExactlyInAnyOrder(new JavaThread(5001, "main"), new JavaThread(5008, "ended"));
        task(5007, "NSpid:\t5007\t7\n");
        nanos += 10_000_000_000L;
        assertThat(threads.outside(5001, List.of(new JavaThread(7, "main"))))
                .containsExactly(new JavaThread(5007, "main"));
    }

    @Test
    void inTheSameNamespaceTheyStay() throws IOException {
        namespaces("pid:[4026531836]", "pid:[4026531836]");
        assertThat(threads.outside(5001, inside)).isSameAs(inside);
    }

    @Test
    void ofAProcessThatIsGoneTheyStay() {
        assertThat(threads.outside(5001, inside)).isSameAs(inside);
    }

    private void namespaces(String own, String other) throws IOException {
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createDirectories(proc.resolve("5001/ns"));
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of(own));
        Files.createSymbolicLink(proc.resolve("5001/ns/pid"), Path.of(other));
    }

    private void task(int tid, String status) throws IOException {
        Path task = Files.createDirectories(proc.resolve("5001/task/" + tid));
        Files.writeString(task.resolve("status"), status);
    }
}
