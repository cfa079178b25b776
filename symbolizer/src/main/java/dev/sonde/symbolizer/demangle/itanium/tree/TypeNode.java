package dev.sonde.symbolizer.demangle.itanium.tree;

import java.util.List;

/** Types that are more than a name. C++ writes them around the declared name, so each has a left and a right part. */
public sealed interface TypeNode extends Node {

    int CONST = 1;
    int VOLATILE = 2;
    int RESTRICT = 4;

    /** {@code type const volatile}. */
    record Qualified(Node type, int qualifiers) implements TypeNode {}

    /** {@code type*}. */
    record Pointer(Node pointee) implements TypeNode {}

    /** {@code type&} or {@code type&&}. */
    record Reference(Node referent, boolean rvalue) implements TypeNode {}

    /** {@code type owner::*}. */
    record MemberPointer(Node owner, Node member) implements TypeNode {}

    /** {@code type [dimension]}; no dimension is null. */
    record Array(Node element, Node dimension) implements TypeNode {}

    /** {@code result (parameters) const & noexcept}; no exception specification is null. */
    record Function(Node result, List<Node> parameters, int qualifiers, String reference, Node exceptions)
            implements TypeNode {}

    /** {@code noexcept(condition)}. */
    record Noexcept(Node condition) implements TypeNode {}

    /** {@code throw(types)}. */
    record Throws(List<Node> types) implements TypeNode {}

    /** {@code struct type}. */
    record Elaborated(String kind, Node type) implements TypeNode {}

    /** {@code type complex}, and qualifiers of vendors; their template arguments are null where there are none. */
    record Suffixed(Node type, String suffix, List<Node> arguments) implements TypeNode {}

    /** {@code type vector[dimension]}. */
    record Vector(Node element, Node dimension) implements TypeNode {}

    /** {@code _BitInt(width)}. */
    record BitInt(Node width, boolean signed) implements TypeNode {}
}
