package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.ExpressionNode;
import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;

/** Writes expressions, operands in brackets. */
final class ExpressionPrinter {

    private final Printer printer;

    ExpressionPrinter(Printer printer) {
        this.printer = printer;
    }

    void print(ExpressionNode node) throws NotUnderstoodException {
        Output out = printer.out;
        switch (node) {
            case ExpressionNode.Binary e -> binary(e);
            case ExpressionNode.Prefix e -> {
                out.add(e.operator());
                bracketed(e.operand());
            }
            case ExpressionNode.Postfix e -> {
                bracketed(e.operand());
                out.add(e.operator());
            }
            case ExpressionNode.Subscript e -> {
                bracketed(e.array());
                enclosed("[", e.index(), "]");
            }
            case ExpressionNode.Member e -> {
                printer.print(e.object());
                out.add(e.operator());
                printer.print(e.member());
            }
            case ExpressionNode.Conditional e -> {
                bracketed(e.condition());
                out.add(" ? ");
                bracketed(e.yes());
                out.add(" : ");
                bracketed(e.no());
            }
            case ExpressionNode.NamedCast e -> {
                out.add(e.cast());
                enclosed("<", e.type(), ">");
                bracketed(e.operand());
            }
            case ExpressionNode.Cast e -> {
                bracketed(e.type());
                printer.list("(", e.operands(), ")");
            }
            case ExpressionNode.Call e -> {
                printer.print(e.function());
                printer.list("(", e.arguments(), ")");
            }
            case ExpressionNode.Enclosed e -> enclosed(e.before(), e.operand(), e.after());
            case ExpressionNode.SizeOfPack e -> enclosed("sizeof...(", new TemplateNode.Expansion(e.pack()), ")");
            case ExpressionNode.New e -> creation(e);
            case ExpressionNode.Delete e -> {
                out.add(e.global() ? "::delete" : "delete").add(e.array() ? "[] " : " ");
                printer.print(e.operand());
            }
            case ExpressionNode.Braces e -> {
                if (e.type() != null) {
                    printer.print(e.type());
                }
                printer.list("{", e.elements(), "}");
            }
            case ExpressionNode.Designated e -> {
                enclosed(e.array() ? "[" : ".", e.target(), e.array() ? "]" : "");
                designatedValue(e.value());
            }
            case ExpressionNode.DesignatedRange e -> {
                enclosed("[", e.first(), " ... ");
                enclosed("", e.last(), "]");
                designatedValue(e.value());
            }
            case ExpressionNode.Fold e -> fold(e);
            case ExpressionNode.TypedLiteral e -> {
                bracketed(e.type());
                out.add(e.value());
            }
            case ExpressionNode.Lambda e -> lambda(e);
        }
    }

    private void binary(ExpressionNode.Binary e) throws NotUnderstoodException {
        // Within template arguments a bare > would close them.
        boolean greater = e.operator().equals(">");
        printer.out.add(greater ? "(" : "");
        bracketed(e.left());
        printer.out.add(" ").add(e.operator()).add(" ");
        bracketed(e.right());
        printer.out.add(greater ? ")" : "");
    }

    private void creation(ExpressionNode.New e) throws NotUnderstoodException {
        printer.out.add(e.global() ? "::new" : "new").add(e.array() ? "[] " : " ");
        if (!e.placement().isEmpty()) {
            printer.list("(", e.placement(), ")");
        }
        printer.print(e.type());
        if (e.initializer() != null) {
            printer.list("(", e.initializer(), ")");
        }
    }

    /** The value of a designator follows an equals sign, unless it starts with a designator itself. */
    private void designatedValue(Node value) throws NotUnderstoodException {
        boolean designated =
                value instanceof ExpressionNode.Designated || value instanceof ExpressionNode.DesignatedRange;
        printer.out.add(designated ? "" : " = ");
        printer.print(value);
    }

    private void fold(ExpressionNode.Fold e) throws NotUnderstoodException {
        Output out = printer.out;
        out.add("(");
        if (e.left()) {
            if (e.initial() != null) {
                printer.print(e.initial());
                out.add(" ").add(e.operator()).add(" ");
            }
            out.add("... ").add(e.operator()).add(" ");
            bracketed(new TemplateNode.Expansion(e.pack()));
        } else {
            bracketed(new TemplateNode.Expansion(e.pack()));
            out.add(" ").add(e.operator()).add(" ...");
            if (e.initial() != null) {
                out.add(" ").add(e.operator()).add(" ");
                printer.print(e.initial());
            }
        }
        out.add(")");
    }

    private void lambda(ExpressionNode.Lambda e) throws NotUnderstoodException {
        printer.out.add("[]");
        if (e.closure() instanceof NameNode.Closure closure) {
            printer.declarator(closure);
        }
        printer.out.add("{...}");
    }

    private void bracketed(Node operand) throws NotUnderstoodException {
        enclosed("(", operand, ")");
    }

    private void enclosed(String before, Node operand, String after) throws NotUnderstoodException {
        printer.out.add(before);
        printer.print(operand);
        printer.out.add(after);
    }
}
