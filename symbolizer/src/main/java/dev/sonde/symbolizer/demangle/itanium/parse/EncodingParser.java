package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import java.util.ArrayList;
import java.util.List;

/** {@code <encoding>} and {@code <special-name>} (5.1.2, 5.1.4): a function with its type, data, or a thing described. */
final class EncodingParser {

    private static final String ENABLE_IF = "Ua9enable_ifI";

    private final Parser parser;

    EncodingParser(Parser parser) {
        this.parser = parser;
    }

    Node encoding() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        List<List<Node>> hidden = parser.templates.hide();
        Node result;
        if (in.peek() == 'G' || in.peek() == 'T') {
            result = specialName();
        } else {
            result = functionOrData();
        }
        parser.templates.restore(hidden);
        in.leave();
        return result;
    }

    private Node functionOrData() throws NotUnderstoodException {
        Cursor in = parser.in;
        NameState state = new NameState();
        int forwardFrom = parser.templates.unresolvedCount();
        Node name = parser.names.name(state);
        parser.templates.resolveSince(forwardFrom);
        if (atEndOfEncoding()) {
            return name;
        }
        List<Node> enableIf = in.take(ENABLE_IF) ? parser.until('E', parser.arguments::argument) : List.of();
        Node returnType = null;
        if (!state.withoutReturnType && state.endsWithArguments) {
            returnType = parser.types.type();
        }
        List<Node> parameters = new ArrayList<>();
        if (!in.take('v')) {
            do {
                parameters.add(parser.types.type());
            } while (!atEndOfEncoding());
        }
        return new NameNode.Function(returnType, name, parameters, enableIf, state.qualifiers, state.reference);
    }

    private boolean atEndOfEncoding() {
        Cursor in = parser.in;
        return in.atEnd() || in.peek() == 'E' || in.peek() == '.' || in.peek() == '_';
    }

    private Node specialName() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take('G')) {
            return guard();
        }
        in.expect('T');
        char kind = in.next();
        return switch (kind) {
            case 'V' -> special("vtable for ", parser.types.type());
            case 'T' -> special("VTT for ", parser.types.type());
            case 'I' -> special("typeinfo for ", parser.types.type());
            case 'S' -> special("typeinfo name for ", parser.types.type());
            case 'A' -> special("template parameter object for ", parser.arguments.argument());
            case 'W' -> special("thread-local wrapper routine for ", parser.names.name(null));
            case 'H' -> special("thread-local initialization routine for ", parser.names.name(null));
            case 'C' -> constructionVtable();
            case 'c' -> {
                callOffset(in.next());
                callOffset(in.next());
                yield special("covariant return thunk to ", encoding());
            }
            case 'h', 'v' -> {
                callOffset(kind);
                yield special(kind == 'v' ? "virtual thunk to " : "non-virtual thunk to ", encoding());
            }
            default -> throw new NotUnderstoodException();
        };
    }

    private Node guard() throws NotUnderstoodException {
        Cursor in = parser.in;
        return switch (in.next()) {
            case 'V' -> special("guard variable for ", parser.names.name(null));
            case 'R' -> {
                Node name = parser.names.name(null);
                // The number of the temporary: absent for the first, and left out by old compilers.
                if (!in.atEnd()) {
                    in.sequenceNumber();
                }
                yield special("reference temporary for ", name);
            }
            case 'T' -> {
                // GCC's transactional memory: t for the transactional clone, n for the other.
                boolean transactional = in.next() == 't';
                yield special(transactional ? "transaction clone for " : "non-transaction clone for ", encoding());
            }
            default -> throw new NotUnderstoodException();
        };
    }

    private Node constructionVtable() throws NotUnderstoodException {
        Node derived = parser.types.type();
        parser.in.number();
        parser.in.expect('_');
        return new NameNode.ConstructionVtable(parser.types.type(), derived);
    }

    /** {@code h <number> _} or {@code v <number> _ <number> _}: by how much a thunk moves {@code this}; not printed. */
    private void callOffset(char kind) throws NotUnderstoodException {
        Cursor in = parser.in;
        if (kind != 'h' && kind != 'v') {
            throw new NotUnderstoodException();
        }
        for (int i = 0; i < (kind == 'v' ? 2 : 1); i++) {
            if (in.digits(true).isEmpty()) {
                throw new NotUnderstoodException();
            }
            in.expect('_');
        }
    }

    private static Node special(String description, Node subject) {
        return new NameNode.Special(description, subject);
    }
}
