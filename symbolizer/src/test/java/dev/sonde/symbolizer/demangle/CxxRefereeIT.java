package dev.sonde.symbolizer.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.fixture.ReferenceTool;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every C++ name of this machine's large programs, against llvm-cxxfilt; clone suffixes against c++filt. */
class CxxRefereeIT {

    /** Later versions of the referee leave brackets out of expressions, which some names hold. */
    private static final double GOAL = 0.995;

    private static final Pattern NAMELESS_STRUCTOR = Pattern.compile("::~?\\((?!anonymous namespace)");

    private final ReferenceTool llvm = ReferenceTool.require("llvm-cxxfilt", "llvm-cxxfilt-18", "llvm-cxxfilt-14");
    private final ReferenceTool binutils = ReferenceTool.require("c++filt");

    @Test
    void libjvm() throws Exception {
        agrees(SystemFiles.jdk("lib/server/libjvm.so"));
    }

    @Test
    void libstdcxx() throws Exception {
        agrees(SystemFiles.library("libstdc++.so.6"));
    }

    @Test
    void largeProgramsWherePresent() throws Exception {
        for (String name : List.of("libLLVM-15.so.1", "libLLVM-14.so.1", "libLLVM.so.18.1", "libclang-cpp.so.14")) {
            if (SystemFiles.findLibrary(name).isPresent()) {
                agrees(SystemFiles.library(name));
            }
        }
        if (Files.isRegularFile(Path.of("/usr/bin/node"))) {
            agrees(Path.of("/usr/bin/node"));
        }
    }

    private void agrees(Path path) throws Exception {
        List<String> names = CorpusNames.of(List.of(path), name -> name.startsWith("_Z"));
        List<String> expected = expected(names);
        Agreement agreement = new Agreement(path.getFileName().toString());
        for (int i = 0; i < names.size(); i++) {
            agreement.count(names.get(i), normalized(Demangler.demangle(names.get(i))), normalized(expected.get(i)));
        }
        agreement.atLeast(GOAL);
    }

    /**
     * LLVM's form of each name without its clone suffix, and binutils' form of the suffix. Where LLVM gives up or leaves
     * a class's name out, binutils' form.
     */
    private List<String> expected(List<String> names) throws Exception {
        List<String> bare = names.stream().map(CxxRefereeIT::bare).toList();
        List<String> fromLlvm = llvm.answers(bare);
        List<String> fromBinutils = binutils.answers(bare);
        List<String> suffixed = binutils.answers(names.stream()
                .map(name -> "_Z1fv" + name.substring(bare(name).length()))
                .toList());
        assertThat(fromLlvm).hasSameSizeAs(names);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String declaration = fromLlvm.get(i);
            boolean lacking = declaration.equals(bare.get(i))
                    || NAMELESS_STRUCTOR.matcher(declaration).find();
            expected.add((lacking ? fromBinutils.get(i) : declaration)
                    + suffixed.get(i).substring("f()".length()));
        }
        return expected;
    }

    private static String bare(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Versions of the referees differ in the space between closing brackets. */
    private static String normalized(String name) {
        return name.replace("> >", ">>").replace("> >", ">>");
    }
}
