package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.ExpressionNode;
import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import dev.sonde.symbolizer.demangle.itanium.tree.TypeNode;
import java.util.List;

/** Writes a tree as C++. Types wrap around what they are the type of, so parts are written in two halves. */
final class Printer {

    private static final int OUTSIDE = -1;

    final Output out = new Output();
    private final NamePrinter names = new NamePrinter(this);
    private final TypePrinter types = new TypePrinter(this);
    private final ExpressionPrinter expressions = new ExpressionPrinter(this);

    /** The pack expansion being written: which element, of how many; outside of any until a pack is met. */
    private int packIndex = OUTSIDE;

    private int packSize = OUTSIDE;

    /** Writes both halves. */
    void print(Node node) throws NotUnderstoodException {
        left(node);
        right(node);
    }

    /** Writes what stands before a declared name. */
    void left(Node node) throws NotUnderstoodException {
        out.enter();
        switch (node) {
            case Node.Sequence sequence -> list(sequence.parts());
            case NameNode name -> names.left(name);
            case TypeNode type -> types.left(type);
            case ExpressionNode expression -> expressions.print(expression);
            case TemplateNode.Pack pack -> {
                Node element = current(pack);
                if (element != null) {
                    left(element);
                }
            }
            case TemplateNode.Expansion expansion -> expand(expansion);
            case TemplateNode.Forward forward -> left(target(forward));
            case TemplateNode.TypeParameter parameter -> out.add("typename ");
            case TemplateNode.ValueParameter parameter -> {
                left(parameter.type());
                if (!hasRight(parameter.type())) {
                    out.add(" ");
                }
            }
            case TemplateNode.TemplateParameter parameter -> {
                out.add("template<");
                list(parameter.parameters());
                out.add("> typename ");
            }
            case TemplateNode.PackParameter parameter -> {
                left(parameter.parameter());
                out.add("...");
            }
        }
        out.leave();
    }

    /** Writes what stands behind a declared name. */
    void right(Node node) throws NotUnderstoodException {
        out.enter();
        switch (node) {
            case NameNode.Function function -> names.right(function);
            case TypeNode type -> types.right(type);
            case TemplateNode.Pack pack -> {
                Node element = current(pack);
                if (element != null) {
                    right(element);
                }
            }
            case TemplateNode.Forward forward -> right(target(forward));
            case TemplateNode.TypeParameter parameter -> print(parameter.name());
            case TemplateNode.ValueParameter parameter -> {
                print(parameter.name());
                right(parameter.type());
            }
            case TemplateNode.TemplateParameter parameter -> print(parameter.name());
            case TemplateNode.PackParameter parameter -> right(parameter.parameter());
            default -> {}
        }
        out.leave();
    }

    boolean hasRight(Node node) throws NotUnderstoodException {
        return shape(node) != Shape.PLAIN;
    }

    /** What a type puts behind the name that is declared with it. */
    Shape shape(Node node) throws NotUnderstoodException {
        out.enter();
        Shape shape = switch (node) {
            case NameNode.Function function -> Shape.FUNCTION;
            case TypeNode.Function function -> Shape.FUNCTION;
            case TypeNode.Array array -> Shape.ARRAY;
            case TypeNode.Qualified type -> shape(type.type());
            case TypeNode.Pointer type -> behind(type.pointee());
            case TypeNode.Reference type -> behind(type.referent());
            case TypeNode.MemberPointer type -> behind(type.member());
            case TemplateNode.Forward forward -> shape(target(forward));
            case TemplateNode.Pack pack -> {
                Node element = current(pack);
                yield element == null ? Shape.PLAIN : shape(element);
            }
            case TemplateNode.TypeParameter parameter -> Shape.OTHER;
            case TemplateNode.ValueParameter parameter -> Shape.OTHER;
            case TemplateNode.TemplateParameter parameter -> Shape.OTHER;
            case TemplateNode.PackParameter parameter -> Shape.OTHER;
            default -> Shape.PLAIN;
        };
        out.leave();
        return shape;
    }

    /** A pointer has a right half where what it points to has one, but is neither array nor function itself. */
    private Shape behind(Node inner) throws NotUnderstoodException {
        return shape(inner) == Shape.PLAIN ? Shape.PLAIN : Shape.OTHER;
    }

    /** The part that a template parameter stands for at the moment, or the node itself. */
    Node resolved(Node node) throws NotUnderstoodException {
        out.enter();
        Node result = switch (node) {
            case TemplateNode.Forward forward -> resolved(target(forward));
            case TemplateNode.Pack pack -> {
                Node element = current(pack);
                yield element == null ? node : resolved(element);
            }
            default -> node;
        };
        out.leave();
        return result;
    }

    void declarator(NameNode.Closure closure) throws NotUnderstoodException {
        names.declarator(closure);
    }

    /** Writes parts with commas between them; a part that writes nothing, as an empty pack, takes no comma. */
    void list(List<Node> parts) throws NotUnderstoodException {
        boolean first = true;
        for (Node part : parts) {
            int before = out.length();
            if (!first) {
                out.add(", ");
            }
            int start = out.length();
            print(part);
            if (out.length() == start) {
                out.cutTo(before);
            } else {
                first = false;
            }
        }
    }

    void list(String open, List<Node> parts, String close) throws NotUnderstoodException {
        out.add(open);
        list(parts);
        out.add(close);
    }

    /** Writes {@code <arguments>}, with a space where two closing brackets would meet. */
    void arguments(List<Node> arguments) throws NotUnderstoodException {
        out.add("<");
        list(arguments);
        out.add(out.last() == '>' ? " >" : ">");
    }

    /** The element of a pack that is being written, or null past its end. The first pack met sets the count. */
    Node current(TemplateNode.Pack pack) {
        List<Node> elements = pack.elements();
        if (packSize == OUTSIDE) {
            packSize = elements.size();
            packIndex = 0;
        }
        return packIndex < elements.size() ? elements.get(packIndex) : null;
    }

    static Node target(TemplateNode.Forward forward) throws NotUnderstoodException {
        if (forward.target() == null) {
            throw new NotUnderstoodException();
        }
        return forward.target();
    }

    private void expand(TemplateNode.Expansion expansion) throws NotUnderstoodException {
        int outerIndex = packIndex;
        int outerSize = packSize;
        packIndex = OUTSIDE;
        packSize = OUTSIDE;
        int start = out.length();
        print(expansion.pattern());
        if (packSize == OUTSIDE) {
            out.add("...");
        } else if (packSize == 0) {
            out.cutTo(start);
        } else {
            int size = packSize;
            for (int i = 1; i < size; i++) {
                out.add(", ");
                packIndex = i;
                packSize = size;
                print(expansion.pattern());
            }
        }
        packIndex = outerIndex;
        packSize = outerSize;
    }
}
