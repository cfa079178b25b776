package dev.sonde.symbolizer.demangle.itanium.print;

/** What stands behind a name declared with a type. */
enum Shape {
    /** Nothing: the type is written in front. */
    PLAIN,
    /** A dimension in brackets. */
    ARRAY,
    /** A parameter list. */
    FUNCTION,
    /** The end of a type that this one points to. */
    OTHER
}
