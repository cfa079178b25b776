package dev.sonde.symbolizer.demangle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.symbolizer.fixture.ReferenceTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of a Rust program and its standard library, in both schemes, against llvm-cxxfilt and c++filt. */
class RustRefereeIT {

    private static final Pattern BEYOND_ASCII = Pattern.compile("\\$u[0-9a-f]{4}");
    private static final Pattern HASH = Pattern.compile("::h[0-9a-f]{16}");
    private static final Pattern ESCAPE = Pattern.compile("'\\\\u\\{([0-9a-f]+)\\}'");
    private static final Pattern THIN_LTO = Pattern.compile(" ?\\(?\\.llvm\\.[0-9A-F]+\\)?");
    private static final Pattern SUFFIX = Pattern.compile(" (\\(|\\[clone )(\\.[^)\\]]*)[)\\]]$");

    @TempDir
    Path directory;

    @Test
    void v0() throws Exception {
        ReferenceTool llvm = ReferenceTool.require("llvm-cxxfilt", "llvm-cxxfilt-18", "llvm-cxxfilt-14");
        List<String> names =
                CorpusNames.of(List.of(compile("-Csymbol-mangling-version=v0")), name -> name.startsWith("_R"));
        List<String> expected = llvm.answers(names);
        Agreement agreement = new Agreement("Rust v0");
        for (int i = 0; i < names.size(); i++) {
            agreement.count(names.get(i), plain(Demangler.demangle(names.get(i))), plain(expected.get(i)));
        }
        agreement.atLeast(0.999);
    }

    @Test
    void legacy() throws Exception {
        ReferenceTool binutils = ReferenceTool.require("c++filt");
        List<String> names = CorpusNames.of(List.of(compile()), RustRefereeIT::isLegacyAscii);
        assumeTrue(names.size() > 50, "SKIPPED: this rustc and its library use the legacy scheme no more");
        List<String> expected = binutils.answers(names);
        Agreement agreement = new Agreement("Rust legacy");
        for (int i = 0; i < names.size(); i++) {
            String withoutHash = HASH.matcher(expected.get(i)).replaceFirst("");
            agreement.count(names.get(i), plain(Demangler.demangle(names.get(i))), plain(withoutHash));
        }
        agreement.atLeast(0.999);
    }

    /** The referee of the legacy scheme leaves escapes of characters beyond ASCII as they are. */
    private static boolean isLegacyAscii(String name) {
        return name.startsWith("_ZN")
                && name.contains("17h")
                && !BEYOND_ASCII.matcher(name).find();
    }

    /** LLVM escapes characters beyond ASCII, keeps ThinLTO's hashes, and writes suffixes in its own brackets. */
    private static String plain(String name) {
        String text = ESCAPE.matcher(name).replaceAll(RustRefereeIT::character);
        text = THIN_LTO.matcher(text).replaceAll("");
        return SUFFIX.matcher(text).replaceFirst("$2");
    }

    private static String character(MatchResult escape) {
        return "'" + Character.toString(Integer.parseInt(escape.group(1), 16)) + "'";
    }

    private Path compile(String... flags) throws IOException, InterruptedException {
        ReferenceTool rustc = ReferenceTool.require("rustc");
        Path source = directory.resolve("names.rs");
        try (InputStream in = RustRefereeIT.class.getResourceAsStream("/fixture/names.rs")) {
            Files.write(source, in.readAllBytes());
        }
        Path program = directory.resolve("names");
        String[] command = new String[flags.length + 5];
        System.arraycopy(flags, 0, command, 0, flags.length);
        List<String> common = List.of("--edition=2021", "-Copt-level=1", "-o", program.toString(), source.toString());
        for (int i = 0; i < common.size(); i++) {
            command[flags.length + i] = common.get(i);
        }
        rustc.output(command);
        return program;
    }
}
