package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.ExpressionNode;
import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import dev.sonde.symbolizer.demangle.itanium.tree.TypeNode;
import java.util.ArrayList;
import java.util.List;

/** {@code <type>} (5.1.5). */
final class TypeParser {

    private static final String OBJC_PROTOCOL = "objcproto";

    private final Parser parser;
    private boolean argumentsAllowed = true;

    TypeParser(Parser parser) {
        this.parser = parser;
    }

    /** A type; all but builtin types and plain substitutions can be referred to afterwards. */
    Node type() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        Node result = builtin();
        if (result == null) {
            boolean substituted = in.peek() == 'S' && in.peek(1) != 't';
            result = substituted ? parser.names.substitution() : compound();
            boolean template = substituted && argumentsAllowed && in.peek() == 'I';
            if (template) {
                result = new NameNode.Templated(result, parser.arguments.arguments(false));
            }
            if (template || !substituted) {
                parser.substitutions.add(result);
            }
        }
        in.leave();
        return result;
    }

    /** A type that takes no template arguments behind a parameter or substitution. */
    Node typeWithoutArguments() throws NotUnderstoodException {
        boolean before = allowArguments(false);
        Node result = type();
        allowArguments(before);
        return result;
    }

    /** Sets whether template arguments may follow a parameter or substitution; returns what was before. */
    boolean allowArguments(boolean allowed) {
        boolean before = argumentsAllowed;
        argumentsAllowed = allowed;
        return before;
    }

    private Node builtin() throws NotUnderstoodException {
        Cursor in = parser.in;
        String name = BuiltinTypes.ofLetter(in.peek());
        if (name != null) {
            in.skip(1);
            return new NameNode.Text(name);
        }
        if (in.peek() != 'D') {
            return null;
        }
        name = BuiltinTypes.ofLetterAfterD(in.peek(1));
        if (name != null) {
            in.skip(2);
            return new NameNode.Text(name);
        }
        if (in.take("DF")) {
            String width = in.digits(false);
            in.expect('_');
            return new NameNode.Text("_Float" + width);
        }
        if (in.peek(1) == 'B' || in.peek(1) == 'U') {
            return bitInt();
        }
        return null;
    }

    private Node bitInt() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.skip(1);
        boolean signed = in.next() == 'B';
        Node width = in.atDigit() ? new NameNode.Text(in.digits(false)) : parser.expressions.expression();
        in.expect('_');
        return new TypeNode.BitInt(width, signed);
    }

    private Node compound() throws NotUnderstoodException {
        Cursor in = parser.in;
        return switch (in.peek()) {
            case 'r', 'V', 'K', 'U' -> atQualifiedFunction() ? function() : qualified();
            case 'F' -> function();
            case 'u' -> {
                in.skip(1);
                yield parser.unqualified.identifier();
            }
            case 'D' -> afterD();
            case 'A' -> array();
            case 'M' -> {
                in.skip(1);
                Node owner = type();
                yield new TypeNode.MemberPointer(owner, type());
            }
            case 'T' -> parameterOrElaborated();
            case 'P' -> {
                in.skip(1);
                yield new TypeNode.Pointer(type());
            }
            case 'R', 'O' -> {
                boolean rvalue = in.next() == 'O';
                yield new TypeNode.Reference(type(), rvalue);
            }
            case 'C', 'G' -> {
                String suffix = in.next() == 'C' ? " complex" : " imaginary";
                yield new TypeNode.Suffixed(type(), suffix, null);
            }
            default -> parser.names.name(null);
        };
    }

    private Node afterD() throws NotUnderstoodException {
        Cursor in = parser.in;
        return switch (in.peek(1)) {
            case 't', 'T' -> decltype();
            case 'v' -> vector();
            case 'p' -> {
                in.skip(2);
                yield new TemplateNode.Expansion(type());
            }
            case 'o', 'O', 'w', 'x' -> function();
            default -> parser.names.name(null);
        };
    }

    /** {@code Dt <expression> E} or {@code DT <expression> E}. */
    Node decltype() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.skip(2);
        Node operand = parser.expressions.expression();
        in.expect('E');
        return new ExpressionNode.Enclosed("decltype(", operand, ")");
    }

    private Node parameterOrElaborated() throws NotUnderstoodException {
        Cursor in = parser.in;
        String kind = switch (in.peek(1)) {
            case 's' -> "struct";
            case 'u' -> "union";
            case 'e' -> "enum";
            default -> null;
        };
        if (kind != null) {
            in.skip(2);
            return new TypeNode.Elaborated(kind, parser.names.name(null));
        }
        Node parameter = parser.names.templateParameter();
        if (argumentsAllowed && in.peek() == 'I') {
            parser.substitutions.add(parameter);
            return new NameNode.Templated(parameter, parser.arguments.arguments(false));
        }
        return parameter;
    }

    /** {@code r}, {@code V}, {@code K} in this order, as bits of {@link TypeNode}. */
    int qualifiers() {
        Cursor in = parser.in;
        int qualifiers = in.take('r') ? TypeNode.RESTRICT : 0;
        qualifiers |= in.take('V') ? TypeNode.VOLATILE : 0;
        return qualifiers | (in.take('K') ? TypeNode.CONST : 0);
    }

    private boolean atQualifiedFunction() {
        Cursor in = parser.in;
        int ahead = 0;
        for (char letter : new char[] {'r', 'V', 'K'}) {
            if (in.peek(ahead) == letter) {
                ahead++;
            }
        }
        char next = in.peek(ahead);
        return next == 'F' || (next == 'D' && "oOwx".indexOf(in.peek(ahead + 1)) >= 0 && in.peek(ahead + 1) != 0);
    }

    private Node qualified() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take('U')) {
            return vendorQualified();
        }
        int qualifiers = qualifiers();
        Node type = type();
        return qualifiers == 0 ? type : new TypeNode.Qualified(type, qualifiers);
    }

    private Node vendorQualified() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        String name = parser.unqualified.bareIdentifier();
        if (name.startsWith(OBJC_PROTOCOL)) {
            // Objective-C does not run here; its protocols have a grammar of their own inside the identifier.
            throw new NotUnderstoodException();
        }
        List<Node> arguments = in.peek() == 'I' ? parser.arguments.arguments(false) : null;
        Node type = qualified();
        in.leave();
        return new TypeNode.Suffixed(type, " " + name, arguments);
    }

    private Node function() throws NotUnderstoodException {
        Cursor in = parser.in;
        int qualifiers = qualifiers();
        Node exceptions = exceptions();
        in.take("Dx");
        in.expect('F');
        // extern "C", which is not printed.
        in.take('Y');
        Node result = type();
        List<Node> parameters = new ArrayList<>();
        String reference = "";
        while (!in.take('E')) {
            if (in.take('v')) {
                continue;
            }
            if (in.take("RE")) {
                reference = " &";
                break;
            }
            if (in.take("OE")) {
                reference = " &&";
                break;
            }
            parameters.add(type());
        }
        return new TypeNode.Function(result, parameters, qualifiers, reference, exceptions);
    }

    private Node exceptions() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take("Do")) {
            return new NameNode.Text("noexcept");
        }
        if (in.take("DO")) {
            Node condition = parser.expressions.expression();
            in.expect('E');
            return new TypeNode.Noexcept(condition);
        }
        return in.take("Dw") ? new TypeNode.Throws(parser.until('E', this::type)) : null;
    }

    private Node array() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('A');
        Node dimension = null;
        if (in.atDigit()) {
            dimension = new NameNode.Text(in.digits(false));
            in.expect('_');
        } else if (!in.take('_')) {
            dimension = parser.expressions.expression();
            in.expect('_');
        }
        return new TypeNode.Array(type(), dimension);
    }

    private Node vector() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.skip(2);
        Node dimension;
        if (in.atDigit()) {
            dimension = new NameNode.Text(in.digits(false));
        } else if (in.take('_')) {
            dimension = in.peek() == '_' ? null : parser.expressions.expression();
        } else {
            throw new NotUnderstoodException();
        }
        in.expect('_');
        if (in.take('p')) {
            return new TypeNode.Vector(new NameNode.Text("pixel"), dimension);
        }
        return new TypeNode.Vector(type(), dimension);
    }
}
