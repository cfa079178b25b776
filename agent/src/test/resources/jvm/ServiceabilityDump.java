import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import sun.jvm.hotspot.HotSpotAgent;
import sun.jvm.hotspot.code.CodeBlob;
import sun.jvm.hotspot.code.CodeCacheVisitor;
import sun.jvm.hotspot.code.NMethod;
import sun.jvm.hotspot.code.PCDesc;
import sun.jvm.hotspot.code.ScopeDesc;
import sun.jvm.hotspot.debugger.Address;
import sun.jvm.hotspot.oops.InstanceKlass;
import sun.jvm.hotspot.oops.Method;
import sun.jvm.hotspot.oops.Symbol;
import sun.jvm.hotspot.runtime.VM;

/**
 * Writes what the Serviceability Agent says of every compiled method of a process: lines {@code N nmethod compileId},
 * {@code P pc method@bci@line ...} for each of its places, and {@code M method file systemName} for each method once.
 */
public final class ServiceabilityDump {
    private final Writer out;
    private final Set<String> known = new HashSet<>();

    private ServiceabilityDump(Writer out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        HotSpotAgent agent = new HotSpotAgent();
        agent.attach(Integer.parseInt(arguments[0]));
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(arguments[1]))) {
            new ServiceabilityDump(out).dump();
        } finally {
            agent.detach();
        }
    }

    private void dump() {
        VM.getVM().getCodeCache().iterate(new CodeCacheVisitor() {
            @Override
            public void prologue(Address start, Address end) {}

            @Override
            public void visit(CodeBlob blob) {
                if (blob instanceof NMethod && ((NMethod) blob).getMethod() != null) {
                    try {
                        dump((NMethod) blob);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }

            @Override
            public void epilogue() {}
        });
    }

    private void dump(NMethod nmethod) throws IOException {
        long size = VM.getVM().getTypeDataBase().lookupType("PcDesc").getSize();
        out.write("N " + nmethod.getAddress() + " " + field(nmethod, "_compile_id") + "\n");
        for (Address at = nmethod.scopesPCsBegin(); at.lessThan(end(nmethod)); at = at.addOffsetTo(size)) {
            PCDesc place = new PCDesc(at);
            if (place.getScopeDecodeOffset() == 0) {
                continue;
            }
            Address pc = place.getRealPC(nmethod);
            out.write("P " + pc + scopes(nmethod, pc) + "\n");
        }
    }

    /** JDK 25's agent takes the scopes, which stand behind the places there, for places too. */
    private static Address end(NMethod nmethod) {
        Address scopes = nmethod.scopesDataBegin();
        return scopes.greaterThan(nmethod.scopesPCsBegin()) ? scopes : nmethod.scopesPCsEnd();
    }

    private String scopes(NMethod nmethod, Address pc) throws IOException {
        StringBuilder line = new StringBuilder();
        for (ScopeDesc scope = nmethod.getScopeDescAt(pc); scope != null; scope = scope.sender()) {
            append(line, scope.getMethod(), scope.getBCI());
        }
        return line.toString();
    }

    private void append(StringBuilder line, Method method, int bci) throws IOException {
        line.append(' ').append(method.getAddress()).append('@').append(bci);
        line.append('@').append(method.isNative() ? -1 : method.getLineNumberFromBCI(bci));
        describe(method);
    }

    private static long field(NMethod nmethod, String name) {
        return VM.getVM().getTypeDataBase().lookupType("nmethod").getCIntegerField(name).getValue(nmethod.getAddress());
    }

    private void describe(Method method) throws IOException {
        if (known.add(method.getAddress().toString())) {
            InstanceKlass holder = method.getMethodHolder();
            Symbol file = holder.getSourceFileName();
            out.write("M " + method.getAddress() + " " + (file == null ? "-" : file.asString()) + " "
                    + holder.getName().asString() + "." + method.getName().asString()
                    + method.getSignature().asString() + "\n");
        }
    }
}
