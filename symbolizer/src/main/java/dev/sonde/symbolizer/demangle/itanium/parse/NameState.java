package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.TypeNode;

/** What the name of a function tells about the function type that follows it. */
final class NameState {

    /** Constructors, destructors and conversions have no return type in the mangled text. */
    boolean withoutReturnType;

    /** Other functions have one only when they are instances of templates. */
    boolean endsWithArguments;

    /** Qualifiers of a member function, {@link TypeNode#CONST} and so on. */
    int qualifiers;

    /** The reference qualifier of a member function as printed, or empty. */
    String reference = "";
}
