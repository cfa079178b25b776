package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import java.util.ArrayList;
import java.util.List;

/** {@code <template-args>} and {@code <template-arg>} (5.1.5.1). */
final class TemplateArgumentParser {

    private final Parser parser;

    TemplateArgumentParser(Parser parser) {
        this.parser = parser;
    }

    /**
     * {@code I ... E}.
     *
     * @param referable whether template parameters that follow refer to these: they belong to the encoding's own name
     */
    List<Node> arguments(boolean referable) throws NotUnderstoodException {
        parser.in.enter();
        parser.in.expect('I');
        // Within the brackets types are whole again, also in a conversion operator's type.
        boolean before = parser.types.allowArguments(true);
        List<Node> result = referable ? referableArguments() : parser.until('E', this::argument);
        parser.types.allowArguments(before);
        parser.in.leave();
        return result;
    }

    private List<Node> referableArguments() throws NotUnderstoodException {
        List<Node> result = new ArrayList<>();
        List<Node> referable = parser.templates.startArguments();
        while (!parser.in.take('E')) {
            List<List<Node>> hidden = parser.templates.hide();
            Node argument = argument();
            parser.templates.restore(hidden);
            result.add(argument);
            referable.add(argument instanceof Node.Sequence pack ? new TemplateNode.Pack(pack.parts()) : argument);
        }
        return result;
    }

    Node argument() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        Node result;
        if (in.take('X')) {
            result = parser.expressions.expression();
            in.expect('E');
        } else if (in.take('J') || in.take('I')) {
            // GCC before 4.7 began packs with I, and libstdc++ still exports such names.
            result = new Node.Sequence(parser.until('E', this::argument));
        } else if (in.peek() == 'L' && in.peek(1) == 'Z') {
            in.skip(2);
            result = parser.encodings.encoding();
            in.expect('E');
        } else if (in.peek() == 'L') {
            result = parser.literals.primary();
        } else {
            result = parser.types.type();
        }
        in.leave();
        return result;
    }
}
