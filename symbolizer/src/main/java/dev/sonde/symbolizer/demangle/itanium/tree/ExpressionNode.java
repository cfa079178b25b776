package dev.sonde.symbolizer.demangle.itanium.tree;

import java.util.List;

/** Expressions in template arguments, array bounds and decltype. */
public sealed interface ExpressionNode extends Node {

    /** {@code (left) op (right)}. */
    record Binary(Node left, String operator, Node right) implements ExpressionNode {}

    /** {@code op(operand)}. */
    record Prefix(String operator, Node operand) implements ExpressionNode {}

    /** {@code (operand)op}. */
    record Postfix(Node operand, String operator) implements ExpressionNode {}

    /** {@code (array)[index]}. */
    record Subscript(Node array, Node index) implements ExpressionNode {}

    /** {@code object.member}. */
    record Member(Node object, String operator, Node member) implements ExpressionNode {}

    /** {@code (condition) ? (yes) : (no)}. */
    record Conditional(Node condition, Node yes, Node no) implements ExpressionNode {}

    /** {@code static_cast<type>(operand)}. */
    record NamedCast(String cast, Node type, Node operand) implements ExpressionNode {}

    /** {@code (type)(operands)}. */
    record Cast(Node type, List<Node> operands) implements ExpressionNode {}

    /** {@code function(arguments)}. */
    record Call(Node function, List<Node> arguments) implements ExpressionNode {}

    /** An expression between two words, such as {@code sizeof (} and {@code )}. */
    record Enclosed(String before, Node operand, String after) implements ExpressionNode {}

    /** {@code sizeof...(pack)}. */
    record SizeOfPack(Node pack) implements ExpressionNode {}

    /** {@code new (placement) type(initializer)}; no initializer is null. */
    record New(boolean global, boolean array, List<Node> placement, Node type, List<Node> initializer)
            implements ExpressionNode {}

    /** {@code delete operand}. */
    record Delete(boolean global, boolean array, Node operand) implements ExpressionNode {}

    /** {@code type{elements}}; no type is null. */
    record Braces(Node type, List<Node> elements) implements ExpressionNode {}

    /** {@code .field = value} or {@code [index] = value}. */
    record Designated(Node target, boolean array, Node value) implements ExpressionNode {}

    /** {@code [first ... last] = value}. */
    record DesignatedRange(Node first, Node last, Node value) implements ExpressionNode {}

    /** {@code (... op pack)} and its three sisters; no initial value is null. */
    record Fold(boolean left, String operator, Node pack, Node initial) implements ExpressionNode {}

    /** {@code (type)value}. */
    record TypedLiteral(Node type, String value) implements ExpressionNode {}

    /** A lambda as a value. */
    record Lambda(Node closure) implements ExpressionNode {}
}
