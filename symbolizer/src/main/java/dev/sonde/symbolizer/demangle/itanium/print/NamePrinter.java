package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TypeNode;

/** Writes names, and functions with their parameters. */
final class NamePrinter {

    private final Printer printer;

    NamePrinter(Printer printer) {
        this.printer = printer;
    }

    void left(NameNode node) throws NotUnderstoodException {
        Output out = printer.out;
        switch (node) {
            case NameNode.Text name -> out.add(name.text());
            case NameNode.Qualified name -> {
                printer.print(name.scope());
                out.add("::");
                printer.print(name.name());
            }
            case NameNode.Global name -> {
                out.add("::");
                printer.print(name.name());
            }
            case NameNode.Tagged name -> {
                printer.print(name.base());
                out.add("[abi:").add(name.tag()).add("]");
            }
            case NameNode.Templated name -> {
                printer.print(name.name());
                printer.arguments(name.arguments());
            }
            case NameNode.Structor name -> out.add(name.destructor() ? "~" : "").add(className(name.type()));
            case NameNode.Destructor name -> {
                out.add("~");
                printer.print(name.type());
            }
            case NameNode.Conversion name -> {
                out.add("operator ");
                printer.print(name.type());
            }
            case NameNode.UnnamedType name ->
                out.add("'unnamed").add(name.number()).add("'");
            case NameNode.Closure name -> {
                out.add("'lambda").add(name.number()).add("'");
                declarator(name);
            }
            case NameNode.Bindings name -> printer.list("[", name.names(), "]");
            case NameNode.Standard name ->
                out.add(name.expanded() ? name.name().fullForm() : name.name().shortForm());
            case NameNode.Special name -> {
                out.add(name.description());
                printer.print(name.subject());
            }
            case NameNode.ConstructionVtable name -> {
                out.add("construction vtable for ");
                printer.print(name.base());
                out.add("-in-");
                printer.print(name.derived());
            }
            case NameNode.Function function -> functionLeft(function);
        }
    }

    private void functionLeft(NameNode.Function function) throws NotUnderstoodException {
        Node result = function.returnType();
        if (result != null) {
            printer.left(result);
            if (!printer.hasRight(result)) {
                printer.out.add(" ");
            }
        }
        printer.print(function.name());
    }

    /** Writes a function's parameters and what follows them. */
    void right(NameNode.Function function) throws NotUnderstoodException {
        printer.list("(", function.parameters(), ")");
        if (function.returnType() != null) {
            printer.right(function.returnType());
        }
        printer.out.add(TypePrinter.qualifiers(function.qualifiers())).add(function.reference());
        if (!function.enableIf().isEmpty()) {
            printer.list(" [enable_if:", function.enableIf(), "]");
        }
    }

    /** Writes a lambda's template parameters and parameters. */
    void declarator(NameNode.Closure closure) throws NotUnderstoodException {
        if (!closure.templateParameters().isEmpty()) {
            printer.list("<", closure.templateParameters(), ">");
        }
        printer.list("(", closure.parameters(), ")");
    }

    /** The name that a type's constructors have: its own without scope and template arguments. */
    private String className(Node type) throws NotUnderstoodException {
        Node at = type;
        // Each step goes to a part; forward references, the only way back, are not followed.
        while (true) {
            switch (at) {
                case NameNode.Text name -> {
                    return name.text();
                }
                case NameNode.Standard name -> {
                    return name.name().className();
                }
                case NameNode.Qualified name -> at = name.name();
                case NameNode.Global name -> at = name.name();
                case NameNode.Tagged name -> at = name.base();
                case NameNode.Templated name -> at = name.name();
                case NameNode.UnnamedType name -> {
                    return "'unnamed" + name.number() + "'";
                }
                case NameNode.Closure name -> {
                    return "'lambda" + name.number() + "'";
                }
                case TypeNode.Qualified name -> at = name.type();
                default -> throw new NotUnderstoodException();
            }
        }
    }
}
