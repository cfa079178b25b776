package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import java.util.ArrayList;
import java.util.List;

/** The parsers of one mangled name, which call each other, and what they share. */
final class Parser {

    final Cursor in;
    final Substitutions substitutions = new Substitutions();
    final TemplateScope templates = new TemplateScope();
    final EncodingParser encodings = new EncodingParser(this);
    final NameParser names = new NameParser(this);
    final UnqualifiedNameParser unqualified = new UnqualifiedNameParser(this);
    final TypeParser types = new TypeParser(this);
    final TemplateArgumentParser arguments = new TemplateArgumentParser(this);
    final ExpressionParser expressions = new ExpressionParser(this);
    final UnresolvedNameParser unresolved = new UnresolvedNameParser(this);
    final LiteralParser literals = new LiteralParser(this);

    /** Whether {@code sr} is read as GCC wrote it before ABI version 11: one type, one name. */
    final boolean oldUnresolvedNames;

    Parser(Cursor in, boolean oldUnresolvedNames) {
        this.in = in;
        this.oldUnresolvedNames = oldUnresolvedNames;
    }

    /** One rule of the grammar. */
    interface Rule {
        Node parse() throws NotUnderstoodException;
    }

    /** Applies a rule until the end character, which is stepped over. */
    List<Node> until(char end, Rule rule) throws NotUnderstoodException {
        List<Node> parts = new ArrayList<>();
        while (!in.take(end)) {
            parts.add(rule.parse());
        }
        return parts;
    }
}
