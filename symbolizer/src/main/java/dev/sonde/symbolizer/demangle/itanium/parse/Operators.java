package dev.sonde.symbolizer.demangle.itanium.parse;

import java.util.HashMap;
import java.util.Map;

/** The two-letter codes of operators (5.1.5.3). */
final class Operators {

    /** How an operator stands in an expression. */
    enum Form {
        BINARY,
        PREFIX,
        /** {@code ++} and {@code --}: prefix when an underscore follows the code. */
        STEP,
        /** Read by a rule of its own; as a name it is like the others. */
        OWN_RULE
    }

    /** An operator's spelling and form. */
    record Operator(String spelling, Form form) {}

    private static final Map<String, Operator> BY_CODE = table();

    private Operators() {}

    /** The operator of a code, or null. */
    static Operator of(char first, char second) {
        return BY_CODE.get(String.valueOf(new char[] {first, second}));
    }

    private static Map<String, Operator> table() {
        Map<String, Operator> table = new HashMap<>();
        add(table, Form.BINARY, "aN &= aS = aa && an & cm , dV /= ds .* dv / eO ^= eo ^ eq == ge >= gt > lS <<= le <=");
        add(table, Form.BINARY, "ls << lt < mI -= mL *= mi - ml * ne != oR |= oo || or | pL += pl + pm ->* rM %=");
        add(table, Form.BINARY, "rS >>= rm % rs >> ss <=>");
        add(table, Form.PREFIX, "ad & co ~ de * ng - nt ! ps +");
        add(table, Form.STEP, "mm -- pp ++");
        add(table, Form.OWN_RULE, "cl () ix [] pt -> qu ? aw co_await da delete[] dl delete na new[] nw new dt .");
        return Map.copyOf(table);
    }

    private static void add(Map<String, Operator> table, Form form, String codesAndSpellings) {
        String[] words = codesAndSpellings.split(" ", -1);
        for (int i = 0; i < words.length; i += 2) {
            table.put(words[i], new Operator(words[i + 1], form));
        }
    }
}
