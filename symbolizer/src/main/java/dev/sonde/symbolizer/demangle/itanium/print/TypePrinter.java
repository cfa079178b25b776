package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TypeNode;

/** Writes types around what they are the type of. */
final class TypePrinter {

    private final Printer printer;

    TypePrinter(Printer printer) {
        this.printer = printer;
    }

    void left(TypeNode node) throws NotUnderstoodException {
        Output out = printer.out;
        switch (node) {
            case TypeNode.Qualified type -> {
                printer.left(type.type());
                out.add(qualifiers(type.qualifiers()));
            }
            case TypeNode.Pointer type -> {
                leftOfInner(type.pointee());
                out.add("*");
            }
            case TypeNode.Reference type -> {
                TypeNode.Reference collapsed = collapse(type);
                leftOfInner(collapsed.referent());
                out.add(collapsed.rvalue() ? "&&" : "&");
            }
            case TypeNode.MemberPointer type -> {
                printer.left(type.member());
                out.add(bracketed(type.member()) ? "(" : " ");
                printer.print(type.owner());
                out.add("::*");
            }
            case TypeNode.Array type -> printer.left(type.element());
            case TypeNode.Function type -> {
                printer.left(type.result());
                out.add(" ");
            }
            case TypeNode.Noexcept type -> {
                out.add("noexcept(");
                printer.print(type.condition());
                out.add(")");
            }
            case TypeNode.Throws type -> printer.list("throw(", type.types(), ")");
            case TypeNode.Elaborated type -> {
                out.add(type.kind()).add(" ");
                printer.print(type.type());
            }
            case TypeNode.Suffixed type -> {
                printer.print(type.type());
                out.add(type.suffix());
                if (type.arguments() != null) {
                    printer.arguments(type.arguments());
                }
            }
            case TypeNode.Vector type -> {
                printer.print(type.element());
                out.add(" vector[");
                if (type.dimension() != null) {
                    printer.print(type.dimension());
                }
                out.add("]");
            }
            case TypeNode.BitInt type -> {
                out.add(type.signed() ? "_BitInt(" : "unsigned _BitInt(");
                printer.print(type.width());
                out.add(")");
            }
        }
    }

    void right(TypeNode node) throws NotUnderstoodException {
        switch (node) {
            case TypeNode.Qualified type -> printer.right(type.type());
            case TypeNode.Pointer type -> rightOfInner(type.pointee());
            case TypeNode.Reference type -> rightOfInner(collapse(type).referent());
            case TypeNode.MemberPointer type -> rightOfInner(type.member());
            case TypeNode.Array type -> {
                if (printer.out.last() != ']') {
                    printer.out.add(" ");
                }
                printer.out.add("[");
                if (type.dimension() != null) {
                    printer.print(type.dimension());
                }
                printer.out.add("]");
                printer.right(type.element());
            }
            case TypeNode.Function type -> functionRight(type);
            default -> {}
        }
    }

    private void functionRight(TypeNode.Function type) throws NotUnderstoodException {
        printer.list("(", type.parameters(), ")");
        printer.right(type.result());
        printer.out.add(qualifiers(type.qualifiers())).add(type.reference());
        if (type.exceptions() != null) {
            printer.out.add(" ");
            printer.print(type.exceptions());
        }
    }

    /** A pointer or reference to an array or a function needs brackets around itself. */
    private void leftOfInner(Node inner) throws NotUnderstoodException {
        printer.left(inner);
        if (printer.shape(inner) == Shape.ARRAY) {
            printer.out.add(" ");
        }
        if (bracketed(inner)) {
            printer.out.add("(");
        }
    }

    private void rightOfInner(Node inner) throws NotUnderstoodException {
        if (bracketed(inner)) {
            printer.out.add(")");
        }
        printer.right(inner);
    }

    private boolean bracketed(Node inner) throws NotUnderstoodException {
        Shape shape = printer.shape(inner);
        return shape == Shape.ARRAY || shape == Shape.FUNCTION;
    }

    /** A reference to a reference is one reference, to an rvalue only if both are ([dcl.ref] in the C++ standard). */
    private TypeNode.Reference collapse(TypeNode.Reference type) throws NotUnderstoodException {
        boolean rvalue = type.rvalue();
        Node inner = printer.resolved(type.referent());
        while (inner instanceof TypeNode.Reference reference) {
            printer.out.enter();
            printer.out.leave();
            rvalue &= reference.rvalue();
            inner = printer.resolved(reference.referent());
        }
        return new TypeNode.Reference(inner, rvalue);
    }

    static String qualifiers(int qualifiers) {
        return ((qualifiers & TypeNode.CONST) != 0 ? " const" : "")
                + ((qualifiers & TypeNode.VOLATILE) != 0 ? " volatile" : "")
                + ((qualifiers & TypeNode.RESTRICT) != 0 ? " restrict" : "");
    }
}
