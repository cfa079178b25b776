package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** {@code <unresolved-name>}: names in expressions that depend on template parameters (5.1.6). */
final class UnresolvedNameParser {

    private final Parser parser;

    UnresolvedNameParser(Parser parser) {
        this.parser = parser;
    }

    /** A name, behind {@code gs} where that was read already. */
    Node name(boolean global) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        Node result;
        if (parser.oldUnresolvedNames && in.take("sr")) {
            Node scope = parser.types.type();
            result = new NameNode.Qualified(scope, baseName());
        } else if (in.take("srN")) {
            Node scope = typeWithArguments();
            while (!in.take('E')) {
                scope = new NameNode.Qualified(scope, simpleId());
            }
            result = new NameNode.Qualified(scope, baseName());
        } else if (in.take("sr")) {
            Node scope = in.atDigit() ? levels(global) : typeWithArguments();
            result = new NameNode.Qualified(scope, baseName());
        } else {
            Node base = baseName();
            result = global ? new NameNode.Global(base) : base;
        }
        in.leave();
        return result;
    }

    private Node levels(boolean global) throws NotUnderstoodException {
        Node first = simpleId();
        Node scope = global ? new NameNode.Global(first) : first;
        while (!parser.in.take('E')) {
            scope = new NameNode.Qualified(scope, simpleId());
        }
        return scope;
    }

    private Node typeWithArguments() throws NotUnderstoodException {
        return withArguments(unresolvedType());
    }

    private Node unresolvedType() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.peek() == 'T') {
            Node parameter = parser.names.templateParameter();
            parser.substitutions.add(parameter);
            return parameter;
        }
        if (in.peek() == 'D' && (in.peek(1) == 't' || in.peek(1) == 'T')) {
            Node type = parser.types.decltype();
            parser.substitutions.add(type);
            return type;
        }
        return parser.names.substitution();
    }

    private Node baseName() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.atDigit()) {
            return simpleId();
        }
        if (in.take("dn")) {
            return new NameNode.Destructor(in.atDigit() ? simpleId() : unresolvedType());
        }
        in.take("on");
        return withArguments(parser.unqualified.operatorName(null));
    }

    private Node simpleId() throws NotUnderstoodException {
        return withArguments(parser.unqualified.identifier());
    }

    private Node withArguments(Node name) throws NotUnderstoodException {
        return parser.in.peek() == 'I' ? new NameNode.Templated(name, parser.arguments.arguments(false)) : name;
    }
}
