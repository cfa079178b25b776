package dev.sonde.symbolizer.demangle.itanium.tree;

import java.util.List;

/** Template parameters: what stands for them, and their packs. */
public sealed interface TemplateNode extends Node {

    /** A pack that a parameter stands for; printed as the element that the surrounding expansion has reached. */
    record Pack(List<Node> elements) implements TemplateNode {}

    /** A pattern repeated for each element of the packs in it. */
    record Expansion(Node pattern) implements TemplateNode {}

    /** A parameter's declaration in a lambda's own template parameter list. */
    record TypeParameter(Node name) implements TemplateNode {}

    /** {@code type name}. */
    record ValueParameter(Node name, Node type) implements TemplateNode {}

    /** {@code template<parameters> typename name}. */
    record TemplateParameter(Node name, List<Node> parameters) implements TemplateNode {}

    /** {@code declaration...}. */
    record PackParameter(Node parameter) implements TemplateNode {}

    /**
     * A parameter of a conversion operator's own template, named before its arguments have been read. The only part
     * that can lead back to itself; printing is bounded in depth.
     */
    final class Forward implements TemplateNode {
        private final int index;
        private Node target;

        /** The parameter of this index among those that follow. */
        public Forward(int index) {
            this.index = index;
        }

        /** Which parameter. */
        public int index() {
            return index;
        }

        /** Its argument, or null until it has been read. */
        public Node target() {
            return target;
        }

        /** Sets the argument. */
        public void resolve(Node argument) {
            target = argument;
        }
    }
}
