package dev.sonde.bench.jvm;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which of the programs' own methods call which, by their class files. A call names a class that its receiver may be a
 * subclass of, so a call of a name is one of all methods of that name; the class of a lambda calls what the lambda is.
 */
final class CallGraph {

    private static final String PACKAGE = "load.";

    /** By the caller, {@code load.Class.method}: the names of what it calls. */
    private final Map<String, Set<String>> calls = new HashMap<>();

    /** Methods that are a lambda, or that a method reference names. */
    private final Set<String> lambdas = new HashSet<>();

    private CallGraph() {}

    static CallGraph of(List<Path> folders) throws IOException {
        CallGraph graph = new CallGraph();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".class")).toList()) {
                    graph.add(ClassFile.of().parse(file));
                }
            }
        }
        return graph;
    }

    private void add(ClassModel type) {
        String owner = type.thisClass().asInternalName().replace('/', '.');
        for (MethodModel method : type.methods()) {
            Set<String> called =
                    calls.computeIfAbsent(owner + "." + method.methodName().stringValue(), name -> new HashSet<>());
            method.code()
                    .ifPresent(code -> code.forEach(element -> {
                        if (element instanceof InvokeInstruction call) {
                            called.add(call.name().stringValue());
                        }
                        if (element instanceof InvokeDynamicInstruction call) {
                            call.bootstrapArgs().stream()
                                    .filter(DirectMethodHandleDesc.class::isInstance)
                                    .map(DirectMethodHandleDesc.class::cast)
                                    .forEach(handle -> lambdas.add(handle.methodName()));
                        }
                    }));
        }
    }

    /** Whether the name is of a method of the programs. */
    static boolean isOwn(String function) {
        return function.startsWith(PACKAGE);
    }

    /** Whether a method of the programs can be the caller of another. */
    boolean calls(String caller, String callee) {
        String name = callee.substring(callee.lastIndexOf('.') + 1);
        if (caller.contains("$$Lambda")) {
            return lambdas.contains(name);
        }
        return calls.getOrDefault(caller, Set.of()).contains(name);
    }
}
