package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.ExpressionNode;
import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import java.util.List;

/** {@code <expression>} (5.1.6). */
final class ExpressionParser {

    private final Parser parser;

    ExpressionParser(Parser parser) {
        this.parser = parser;
    }

    Node expression() throws NotUnderstoodException {
        parser.in.enter();
        Node result = unbounded();
        parser.in.leave();
        return result;
    }

    private Node unbounded() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.peek() == 'L') {
            return parser.literals.primary();
        }
        if (in.peek() == 'T') {
            return parser.names.templateParameter();
        }
        if (in.atDigit()) {
            return parser.unresolved.name(false);
        }
        if (in.peek() == 'f') {
            return in.peek(1) == 'p' || (in.peek(1) == 'L' && Cursor.isDigit(in.peek(2)))
                    ? functionParameter()
                    : fold();
        }
        boolean global = in.take("gs");
        char first = in.peek();
        char second = in.peek(1);
        if (first == 0 || second == 0) {
            throw new NotUnderstoodException();
        }
        Operators.Operator operator = Operators.of(first, second);
        if (operator != null && operator.form() != Operators.Form.OWN_RULE) {
            in.skip(2);
            return operation(operator);
        }
        return ownRule(first, second, global);
    }

    private Node operation(Operators.Operator operator) throws NotUnderstoodException {
        String spelling = operator.spelling();
        return switch (operator.form()) {
            case PREFIX -> new ExpressionNode.Prefix(spelling, expression());
            case STEP ->
                parser.in.take('_')
                        ? new ExpressionNode.Prefix(spelling, expression())
                        : new ExpressionNode.Postfix(expression(), spelling);
            default -> {
                Node left = expression();
                yield spelling.equals(".*")
                        ? new ExpressionNode.Member(left, spelling, expression())
                        : new ExpressionNode.Binary(left, spelling, expression());
            }
        };
    }

    private Node ownRule(char first, char second, boolean global) throws NotUnderstoodException {
        return switch (first) {
            case 'a' -> alignment(second);
            case 'c' -> castOrCall(second);
            case 'd' -> deletionOrMember(second, global);
            case 'i', 't' -> bracesOrType(first, second);
            case 'n' -> newOrNoexcept(second, global);
            case 'o' -> unresolvedOperator(second, global);
            case 'p', 'q' -> pointerMemberOrConditional(first, second);
            case 'r' -> namedCast("rc", "reinterpret_cast");
            case 's' -> sizeOrUnresolved(second, global);
            case 'u' -> vendor();
            default -> throw new NotUnderstoodException();
        };
    }

    private Node alignment(char second) throws NotUnderstoodException {
        parser.in.skip(2);
        return switch (second) {
            case 't' -> new ExpressionNode.Enclosed("alignof (", parser.types.type(), ")");
            case 'z' -> new ExpressionNode.Enclosed("alignof (", expression(), ")");
            default -> throw new NotUnderstoodException();
        };
    }

    private Node castOrCall(char second) throws NotUnderstoodException {
        return switch (second) {
            case 'c' -> namedCast("cc", "const_cast");
            case 'l' -> {
                parser.in.skip(2);
                Node function = expression();
                yield new ExpressionNode.Call(function, parser.until('E', this::expression));
            }
            case 'v' -> {
                parser.in.skip(2);
                Node type = parser.types.typeWithoutArguments();
                List<Node> operands = parser.in.take('_') ? parser.until('E', this::expression) : List.of(expression());
                yield new ExpressionNode.Cast(type, operands);
            }
            default -> throw new NotUnderstoodException();
        };
    }

    private Node namedCast(String code, String spelling) throws NotUnderstoodException {
        if (!parser.in.take(code)) {
            throw new NotUnderstoodException();
        }
        Node type = parser.types.type();
        return new ExpressionNode.NamedCast(spelling, type, expression());
    }

    private Node deletionOrMember(char second, boolean global) throws NotUnderstoodException {
        return switch (second) {
            case 'a', 'l' -> {
                parser.in.skip(2);
                yield new ExpressionNode.Delete(global, second == 'a', expression());
            }
            case 'c' -> namedCast("dc", "dynamic_cast");
            case 'n' -> parser.unresolved.name(global);
            case 't' -> {
                parser.in.skip(2);
                Node object = expression();
                yield new ExpressionNode.Member(object, ".", expression());
            }
            default -> throw new NotUnderstoodException();
        };
    }

    private Node bracesOrType(char first, char second) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.skip(2);
        if (first == 'i') {
            if (second == 'x') {
                Node array = expression();
                return new ExpressionNode.Subscript(array, expression());
            }
            if (second == 'l') {
                return new ExpressionNode.Braces(null, parser.until('E', this::bracedExpression));
            }
            throw new NotUnderstoodException();
        }
        return switch (second) {
            case 'e' -> new ExpressionNode.Enclosed("typeid (", expression(), ")");
            case 'i' -> new ExpressionNode.Enclosed("typeid (", parser.types.type(), ")");
            case 'l' -> {
                Node type = parser.types.type();
                yield new ExpressionNode.Braces(type, parser.until('E', this::bracedExpression));
            }
            case 'r' -> new NameNode.Text("throw");
            case 'w' -> new NameNode.Special("throw ", expression());
            default -> throw new NotUnderstoodException();
        };
    }

    /** {@code <braced-expression>}: an expression, or one with a designator. */
    private Node bracedExpression() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        Node result;
        if (in.take("di")) {
            Node field = parser.unqualified.identifier();
            result = new ExpressionNode.Designated(field, false, bracedExpression());
        } else if (in.take("dx")) {
            Node index = expression();
            result = new ExpressionNode.Designated(index, true, bracedExpression());
        } else if (in.take("dX")) {
            Node first = expression();
            Node last = expression();
            result = new ExpressionNode.DesignatedRange(first, last, bracedExpression());
        } else {
            result = expression();
        }
        in.leave();
        return result;
    }

    private Node newOrNoexcept(char second, boolean global) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.skip(2);
        if (second == 'x') {
            return new ExpressionNode.Enclosed("noexcept (", expression(), ")");
        }
        if (second != 'w' && second != 'a') {
            throw new NotUnderstoodException();
        }
        List<Node> placement = parser.until('_', this::expression);
        Node type = parser.types.type();
        List<Node> initializer = null;
        if (in.take("pi")) {
            initializer = parser.until('E', this::expression);
        } else {
            in.expect('E');
        }
        return new ExpressionNode.New(global, second == 'a', placement, type, initializer);
    }

    private Node unresolvedOperator(char second, boolean global) throws NotUnderstoodException {
        if (second != 'n') {
            throw new NotUnderstoodException();
        }
        return parser.unresolved.name(global);
    }

    private Node pointerMemberOrConditional(char first, char second) throws NotUnderstoodException {
        parser.in.skip(2);
        if (first == 'p' && second == 't') {
            Node object = expression();
            return new ExpressionNode.Member(object, "->", expression());
        }
        if (first == 'q' && second == 'u') {
            Node condition = expression();
            Node yes = expression();
            return new ExpressionNode.Conditional(condition, yes, expression());
        }
        throw new NotUnderstoodException();
    }

    private Node sizeOrUnresolved(char second, boolean global) throws NotUnderstoodException {
        Cursor in = parser.in;
        if (second == 'r') {
            return parser.unresolved.name(global);
        }
        if (second == 'c') {
            return namedCast("sc", "static_cast");
        }
        in.skip(2);
        return switch (second) {
            case 'p' -> new TemplateNode.Expansion(expression());
            case 't' -> new ExpressionNode.Enclosed("sizeof (", parser.types.type(), ")");
            case 'z' -> new ExpressionNode.Enclosed("sizeof (", expression(), ")");
            case 'Z' ->
                in.peek() == 'T'
                        ? new ExpressionNode.SizeOfPack(parser.names.templateParameter())
                        : new ExpressionNode.Enclosed("sizeof... (", functionParameter(), ")");
            case 'P' ->
                new ExpressionNode.Call(new NameNode.Text("sizeof..."), parser.until('E', parser.arguments::argument));
            default -> throw new NotUnderstoodException();
        };
    }

    private Node vendor() throws NotUnderstoodException {
        parser.in.expect('u');
        Node name = parser.unqualified.identifier();
        return new ExpressionNode.Call(name, parser.until('E', parser.arguments::argument));
    }

    /** {@code fp <qualifiers> <number> _}, {@code fL <level> p <qualifiers> <number> _}, {@code fpT}. */
    private Node functionParameter() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take("fpT")) {
            return new NameNode.Text("this");
        }
        if (in.take("fL")) {
            in.digits(false);
            in.expect('p');
        } else if (!in.take("fp")) {
            throw new NotUnderstoodException();
        }
        parser.types.qualifiers();
        String number = in.digits(false);
        in.expect('_');
        return new NameNode.Text("fp" + number);
    }

    /** {@code fl fr fL fR <operator> <pack> [<initial>]}. */
    private Node fold() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.expect('f');
        char direction = in.next();
        boolean left = direction == 'l' || direction == 'L';
        boolean withInitial = direction == 'L' || direction == 'R';
        if (!left && direction != 'r' && direction != 'R') {
            throw new NotUnderstoodException();
        }
        Operators.Operator operator = Operators.of(in.next(), in.next());
        if (operator == null || operator.form() != Operators.Form.BINARY) {
            throw new NotUnderstoodException();
        }
        Node first = expression();
        Node second = withInitial ? expression() : null;
        // The text has the operands in the order of the source: a left fold starts with its initial value.
        boolean swapped = left && withInitial;
        return new ExpressionNode.Fold(left, operator.spelling(), swapped ? second : first, swapped ? first : second);
    }
}
