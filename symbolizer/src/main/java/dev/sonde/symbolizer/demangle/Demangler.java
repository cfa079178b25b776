package dev.sonde.symbolizer.demangle;

import dev.sonde.symbolizer.demangle.itanium.ItaniumDemangler;
import dev.sonde.symbolizer.demangle.rust.RustDemangler;

/**
 * Demangles C++ (Itanium ABI) and Rust (legacy and v0) names. Safe on any text: depth, work and output (16,384
 * characters) are bounded, and what is not understood comes back as it is. Stateless.
 */
public final class Demangler {

    private Demangler() {}

    /** The name as written in the source, or the same text when it is not mangled or not understood. */
    public static String demangle(String mangled) {
        int length = mangled.length();
        if (length < 3 || mangled.charAt(0) != '_') {
            return mangled;
        }
        // Some tools keep the further underscore of Mach-O: __Z, __R.
        String name = mangled.charAt(1) == '_' ? mangled.substring(1) : mangled;
        char scheme = name.charAt(1);
        String demangled = null;
        if (scheme == 'R') {
            demangled = RustDemangler.demangle(name);
        } else if (scheme == 'Z') {
            demangled = RustDemangler.demangle(name);
            if (demangled == null) {
                demangled = ItaniumDemangler.demangle(name);
            }
        }
        return demangled == null ? mangled : demangled;
    }
}
