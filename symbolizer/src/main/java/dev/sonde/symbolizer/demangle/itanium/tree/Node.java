package dev.sonde.symbolizer.demangle.itanium.tree;

import java.util.List;

/** A part of a demangled name. Parts are shared by substitutions, so the tree is in truth an acyclic graph. */
public sealed interface Node permits Node.Sequence, NameNode, TypeNode, ExpressionNode, TemplateNode {

    /** Parts with commas between them: a template argument pack written out. */
    record Sequence(List<Node> parts) implements Node {}
}
