package dev.sonde.symbolizer.demangle.itanium.tree;

import java.util.List;

/** Names of entities, and the whole encoding of a function. */
public sealed interface NameNode extends Node {

    /** An identifier, an operator's name, a builtin type: text as it is printed. */
    record Text(String text) implements NameNode {}

    /** {@code scope::name}. */
    record Qualified(Node scope, Node name) implements NameNode {}

    /** {@code ::name}. */
    record Global(Node name) implements NameNode {}

    /** {@code base[abi:tag]}. */
    record Tagged(Node base, String tag) implements NameNode {}

    /** {@code name<arguments>}. */
    record Templated(Node name, List<Node> arguments) implements NameNode {}

    /** A constructor or destructor, named after its class. */
    record Structor(Node type, boolean destructor) implements NameNode {}

    /** {@code ~type} in an expression. */
    record Destructor(Node type) implements NameNode {}

    /** {@code operator type}. */
    record Conversion(Node type) implements NameNode {}

    /** A type without a name, numbered within its scope. */
    record UnnamedType(String number) implements NameNode {}

    /** The type of a lambda, numbered within its scope. */
    record Closure(List<Node> templateParameters, List<Node> parameters, String number) implements NameNode {}

    /** {@code auto [a, b]}. */
    record Bindings(List<Node> names) implements NameNode {}

    /** One of std's abbreviations; expanded where its constructors are named. */
    record Standard(StandardName name, boolean expanded) implements NameNode {}

    /** A thing that is described, such as {@code vtable for X}. */
    record Special(String description, Node subject) implements NameNode {}

    /** {@code construction vtable for base-in-derived}. */
    record ConstructionVtable(Node base, Node derived) implements NameNode {}

    /** A function: return type (null where none is mangled), name, parameters, and what follows them. */
    record Function(
            Node returnType, Node name, List<Node> parameters, List<Node> enableIf, int qualifiers, String reference)
            implements NameNode {}
}
