package dev.sonde.symbolizer.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.fixture.Fuzz;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Names that no compiler made. {@code -Dsonde.fuzz.rounds=10000000} makes the long form of it. */
class DamagedNamesTest {

    private static final int FEW_ROUNDS = 50_000;

    /** One name costs at most this: bounds on nodes and output, times their sizes. */
    private static final long MAX_ALLOCATED_BYTES = 64L << 20;

    /** The letters and words of the grammars; random bytes would end at the first. */
    private static final String[] TOKENS = {
        "N",
        "E",
        "I",
        "J",
        "X",
        "L",
        "Z",
        "S_",
        "S0_",
        "S1_",
        "S2_",
        "St",
        "Ss",
        "Sa",
        "T_",
        "T0_",
        "TL0__",
        "P",
        "R",
        "O",
        "K",
        "V",
        "F",
        "M",
        "A_",
        "A3_",
        "Dp",
        "DT",
        "Dt",
        "Dv4_",
        "Do",
        "DO",
        "Dn",
        "Ul",
        "Ut_",
        "UlvE_",
        "B1b",
        "C1",
        "C2",
        "D0",
        "D1",
        "cv",
        "cl",
        "sp",
        "sr",
        "srN",
        "on",
        "pl",
        "qu",
        "fp_",
        "fL0p_",
        "fl",
        "fRpl",
        "nw",
        "tl",
        "il",
        "ix",
        "sZ",
        "sP",
        "1a",
        "3foo",
        "12_GLOBAL__N_1",
        "i",
        "v",
        "j",
        "b",
        "Li3E",
        "Lb1E",
        "L_Z1gvE",
        "LDnE",
        "_",
        "0",
        "1",
        ".cold",
        "Ty",
        "Tn",
        "Tt",
        "Tp",
        "gs",
        "dn",
        "di1a",
        "C",
        "Nv",
        "Nt",
        "NC",
        "s_",
        "Y",
        "B_",
        "B1_",
        "B2_",
        "Kj4_",
        "KRe61_",
        "KVNt",
        "U",
        "G_",
        "L_",
        "L0_",
        "D",
        "p1a",
        "u5_5qa",
        "h",
        "TE",
        "S",
        "Q"
    };

    private static final String[] STARTS = {"_Z", "_ZN", "_Z1fI", "_R", "_RINvC1a1f", "_RNv", "_ZN3fooC1", "_ZZ1fvE"};

    @Property(tries = 3000)
    void anyTextComesBackOrIsDemangled(@ForAll @StringLength(max = 200) String text) {
        bounded("_Z" + text);
        bounded("_R" + text);
        bounded(text);
    }

    @Test
    @Tag("fuzz")
    void manyNamesOfTokens() {
        int rounds = Fuzz.rounds(FEW_ROUNDS);
        int demangled = 0;
        for (int i = 0; i < rounds; i++) {
            Random random = new Random(i);
            StringBuilder name = new StringBuilder(STARTS[random.nextInt(STARTS.length)]);
            int count = 1 + random.nextInt(random.nextInt(20) == 0 ? 2000 : 20);
            for (int token = 0; token < count; token++) {
                name.append(TOKENS[random.nextInt(TOKENS.length)]);
            }
            demangled += bounded(name.toString()) ? 1 : 0;
        }
        assertThat(demangled).isPositive();
    }

    @Test
    @Tag("fuzz")
    void manyDamagedNamesOfRealPrograms() throws IOException {
        List<String> names =
                CorpusNames.of(List.of(SystemFiles.jdk("lib/server/libjvm.so")), name -> name.startsWith("_Z"));
        int rounds = Fuzz.rounds(FEW_ROUNDS);
        int demangled = 0;
        for (int i = 0; i < rounds; i++) {
            Random random = new Random(i);
            StringBuilder name = new StringBuilder(names.get(random.nextInt(names.size())));
            for (int change = 1 + random.nextInt(3); change > 0; change--) {
                int at = 2 + random.nextInt(Math.max(1, name.length() - 2));
                String token = TOKENS[random.nextInt(TOKENS.length)];
                name.replace(at, Math.min(name.length(), at + random.nextInt(4)), token);
            }
            demangled += bounded(name.toString()) ? 1 : 0;
        }
        assertThat(demangled).isBetween(rounds / 50, rounds - rounds / 50);
    }

    private static boolean bounded(String name) {
        long before = Fuzz.allocatedBytes();
        String demangled;
        try {
            demangled = Demangler.demangle(name);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(name, e);
        }
        assertThat(Fuzz.allocatedBytes() - before).as(name).isLessThan(MAX_ALLOCATED_BYTES);
        if (demangled.equals(name)) {
            return false;
        }
        assertThat(demangled.length()).isLessThanOrEqualTo(16 * 1024);
        return true;
    }
}
