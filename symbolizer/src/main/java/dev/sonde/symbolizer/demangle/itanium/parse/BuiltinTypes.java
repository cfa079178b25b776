package dev.sonde.symbolizer.demangle.itanium.parse;

/** {@code <builtin-type>}: types of one or two letters (5.1.5.2). They are not substitution candidates. */
final class BuiltinTypes {

    private BuiltinTypes() {}

    /** The type of a single letter, or null. */
    static String ofLetter(char letter) {
        return switch (letter) {
            case 'v' -> "void";
            case 'w' -> "wchar_t";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'a' -> "signed char";
            case 'h' -> "unsigned char";
            case 's' -> "short";
            case 't' -> "unsigned short";
            case 'i' -> "int";
            case 'j' -> "unsigned int";
            case 'l' -> "long";
            case 'm' -> "unsigned long";
            case 'x' -> "long long";
            case 'y' -> "unsigned long long";
            case 'n' -> "__int128";
            case 'o' -> "unsigned __int128";
            case 'f' -> "float";
            case 'd' -> "double";
            case 'e' -> "long double";
            case 'g' -> "__float128";
            case 'z' -> "...";
            default -> null;
        };
    }

    /** The type of a letter behind {@code D}, or null. */
    static String ofLetterAfterD(char letter) {
        return switch (letter) {
            case 'd' -> "decimal64";
            case 'e' -> "decimal128";
            case 'f' -> "decimal32";
            case 'h' -> "half";
            case 'i' -> "char32_t";
            case 's' -> "char16_t";
            case 'u' -> "char8_t";
            case 'a' -> "auto";
            case 'c' -> "decltype(auto)";
            case 'n' -> "std::nullptr_t";
            default -> null;
        };
    }
}
