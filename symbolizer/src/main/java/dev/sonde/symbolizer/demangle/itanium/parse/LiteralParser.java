package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.ExpressionNode;
import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** {@code <expr-primary>}: literals and external names (5.1.6). */
final class LiteralParser {

    private final Parser parser;

    LiteralParser(Parser parser) {
        this.parser = parser;
    }

    Node primary() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('L');
        String suffix = suffix(in.peek());
        if (suffix != null) {
            in.skip(1);
            return new NameNode.Text(integer() + suffix);
        }
        return switch (in.peek()) {
            case 'b' -> {
                in.skip(1);
                yield bool();
            }
            case 'f', 'd', 'e' -> {
                String text = FloatLiteral.text(in.next(), in);
                in.expect('E');
                yield new NameNode.Text(text);
            }
            case '_' -> externalName();
            case 'A' -> {
                Node type = parser.types.type();
                in.expect('E');
                yield new ExpressionNode.Enclosed("\"<", type, ">\"");
            }
            case 'U' -> {
                Node closure = parser.unqualified.unnamedType();
                in.expect('E');
                yield new ExpressionNode.Lambda(closure);
            }
            default -> typed();
        };
    }

    private Node externalName() throws NotUnderstoodException {
        if (!parser.in.take("_Z")) {
            throw new NotUnderstoodException();
        }
        Node entity = parser.encodings.encoding();
        parser.in.expect('E');
        return entity;
    }

    private Node typed() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take("Dn")) {
            in.take('0');
            in.expect('E');
            return new NameNode.Text("nullptr");
        }
        Node type = parser.types.type();
        return new ExpressionNode.TypedLiteral(type, integer());
    }

    private Node bool() throws NotUnderstoodException {
        if (parser.in.take("0E")) {
            return new NameNode.Text("false");
        }
        if (parser.in.take("1E")) {
            return new NameNode.Text("true");
        }
        throw new NotUnderstoodException();
    }

    /** A number up to its E, as C++ writes it. */
    private String integer() throws NotUnderstoodException {
        String digits = parser.in.digits(true);
        parser.in.expect('E');
        if (digits.isEmpty()) {
            throw new NotUnderstoodException();
        }
        return digits.startsWith("n") ? "-" + digits.substring(1) : digits;
    }

    /** What C++ puts behind a literal of the type; null where it has no suffix and the type is written in front. */
    private static String suffix(char type) {
        return switch (type) {
            case 'i' -> "";
            case 'j' -> "u";
            case 'l' -> "l";
            case 'm' -> "ul";
            case 'x' -> "ll";
            case 'y' -> "ull";
            default -> null;
        };
    }
}
