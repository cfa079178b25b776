package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.StandardName;

/** {@code <name>}: nested, local, unscoped names and their template arguments (5.1.3). */
final class NameParser {

    private static final Node STD = new NameNode.Text("std");

    private final Parser parser;

    NameParser(Parser parser) {
        this.parser = parser;
    }

    /** A name. The state, where there is one, is told what the function's type needs to know. */
    Node name(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        Node result = switch (in.peek()) {
            case 'N' -> nested(state);
            case 'Z' -> local(state);
            default -> unscoped(state);
        };
        in.leave();
        return result;
    }

    private Node unscoped(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        boolean substituted = in.peek() == 'S' && in.peek(1) != 't';
        Node result;
        if (substituted) {
            result = substitution();
        } else if (in.take("St")) {
            result = new NameNode.Qualified(STD, parser.unqualified.name(state));
        } else {
            result = parser.unqualified.name(state);
        }
        if (in.peek() != 'I') {
            if (substituted) {
                throw new NotUnderstoodException();
            }
            return result;
        }
        if (!substituted) {
            parser.substitutions.add(result);
        }
        return templated(result, state);
    }

    private Node templated(Node name, NameState state) throws NotUnderstoodException {
        Node result = new NameNode.Templated(name, parser.arguments.arguments(state != null));
        if (state != null) {
            state.endsWithArguments = true;
        }
        return result;
    }

    /** {@code Z <function encoding> E <entity name>}, a string literal, or an entity in a default argument. */
    private Node local(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('Z');
        Node function = parser.encodings.encoding();
        in.expect('E');
        Node entity;
        if (in.take('s')) {
            discriminator();
            entity = new NameNode.Text("string literal");
        } else if (in.take('d')) {
            in.digits(true);
            in.expect('_');
            entity = name(state);
        } else {
            entity = name(state);
            discriminator();
        }
        return new NameNode.Qualified(function, entity);
    }

    /** {@code _ <digit>} or {@code __ <number> _}; some compilers left the underscore out at the end of a symbol. */
    private void discriminator() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.peek() == '_' && Cursor.isDigit(in.peek(1))) {
            in.skip(2);
        } else if (in.peek() == '_' && in.peek(1) == '_' && Cursor.isDigit(in.peek(2))) {
            in.skip(2);
            in.digits(false);
            in.expect('_');
        } else if (in.onlyDigitsLeft()) {
            in.digits(false);
        }
    }

    private Node nested(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('N');
        int qualifiers = parser.types.qualifiers();
        String reference = in.take('O') ? " &&" : in.take('R') ? " &" : "";
        if (state != null) {
            state.qualifiers = qualifiers;
            state.reference = reference;
        }
        Node scope = in.take("St") ? STD : null;
        while (!in.take('E')) {
            scope = nestedPart(scope, state);
        }
        if (scope == null) {
            throw new NotUnderstoodException();
        }
        parser.substitutions.removeLast();
        return scope;
    }

    /** One more component behind the scope so far; all but the last are prefixes that can be referred to. */
    private Node nestedPart(Node scope, NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.take('L');
        if (in.take('M')) {
            // The data member whose initializer a lambda is in.
            if (scope == null) {
                throw new NotUnderstoodException();
            }
            return scope;
        }
        Node result;
        if (in.peek() == 'I') {
            if (scope == null) {
                throw new NotUnderstoodException();
            }
            result = templated(scope, state);
        } else {
            if (state != null) {
                state.endsWithArguments = false;
            }
            if (in.peek() == 'S' && in.peek(1) != 't') {
                Node substituted = substitution();
                if (scope == null) {
                    return substituted;
                }
                result = within(scope, substituted);
            } else {
                result = namedPart(scope, state);
            }
        }
        parser.substitutions.add(result);
        return result;
    }

    private Node namedPart(Node scope, NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        char first = in.peek();
        char second = in.peek(1);
        if (first == 'T') {
            return within(scope, templateParameter());
        }
        if (first == 'D' && (second == 't' || second == 'T')) {
            return within(scope, parser.types.decltype());
        }
        if (first == 'C' || (first == 'D' && second != 'C')) {
            return structor(scope, state);
        }
        return within(scope, parser.unqualified.name(state));
    }

    private static Node within(Node scope, Node name) {
        return scope == null ? name : new NameNode.Qualified(scope, name);
    }

    private Node structor(Node scope, NameState state) throws NotUnderstoodException {
        if (scope == null) {
            throw new NotUnderstoodException();
        }
        Node owner = scope instanceof NameNode.Standard standard ? new NameNode.Standard(standard.name(), true) : scope;
        Cursor in = parser.in;
        boolean destructor = in.next() == 'D';
        boolean inherited = !destructor && in.take('I');
        char variant = in.next();
        if (variant < '0' || variant > '5' || (variant == '0' && !destructor)) {
            throw new NotUnderstoodException();
        }
        if (state != null) {
            state.withoutReturnType = true;
        }
        if (inherited) {
            name(state);
        }
        Node structor = new NameNode.Structor(owner, destructor);
        return parser.unqualified.tagged(new NameNode.Qualified(owner, structor));
    }

    /** {@code <substitution>}: a component seen before, or an abbreviation of std. */
    Node substitution() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('S');
        char letter = in.peek();
        if (letter >= 'a' && letter <= 'z') {
            in.skip(1);
            Node standard = new NameNode.Standard(StandardName.ofLetter(letter), false);
            if (in.peek() != 'B') {
                return standard;
            }
            Node tagged = parser.unqualified.tagged(standard);
            parser.substitutions.add(tagged);
            return tagged;
        }
        if (in.take('_')) {
            return parser.substitutions.get(0);
        }
        return parser.substitutions.get(in.sequenceNumber() + 1);
    }

    /** {@code <template-param>}: {@code T_}, {@code T0_}, and {@code TL0__} for those of lambdas. */
    Node templateParameter() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('T');
        int level = 0;
        if (in.take('L')) {
            level = in.number() + 1;
            in.expect('_');
        }
        int index = 0;
        if (!in.take('_')) {
            index = in.number() + 1;
            in.expect('_');
        }
        return parser.templates.parameter(level, index);
    }
}
