package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import java.util.ArrayList;
import java.util.List;

/** {@code <unqualified-name>}: identifiers, operators, lambdas and types without a name (5.1.3, 5.1.5, 5.1.8). */
final class UnqualifiedNameParser {

    /** What compilers call the namespace without a name. */
    private static final String ANONYMOUS = "_GLOBAL__N";

    private final Parser parser;

    UnqualifiedNameParser(Parser parser) {
        this.parser = parser;
    }

    Node name(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        in.take('L');
        Node result;
        if (in.atDigit()) {
            result = identifier();
        } else if (in.peek() == 'U') {
            result = unnamedType();
        } else if (in.take("DC")) {
            result = new NameNode.Bindings(parser.until('E', this::identifier));
        } else {
            result = operatorName(state);
        }
        return tagged(result);
    }

    /** {@code <number> <identifier>}. */
    Node identifier() throws NotUnderstoodException {
        String text = bareIdentifier();
        return new NameNode.Text(text.startsWith(ANONYMOUS) ? "(anonymous namespace)" : text);
    }

    String bareIdentifier() throws NotUnderstoodException {
        int length = parser.in.number();
        if (length == 0) {
            throw new NotUnderstoodException();
        }
        return parser.in.text(length);
    }

    /** The name with the ABI tags that follow it. */
    Node tagged(Node name) throws NotUnderstoodException {
        Node result = name;
        while (parser.in.take('B')) {
            result = new NameNode.Tagged(result, bareIdentifier());
        }
        return result;
    }

    /** {@code Ut_}, {@code Ul...E_}, {@code Ub_}. */
    Node unnamedType() throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take("Ut")) {
            String number = in.digits(false);
            in.expect('_');
            return new NameNode.UnnamedType(number);
        }
        if (in.take("Ul")) {
            return lambda();
        }
        if (in.take("Ub")) {
            in.digits(false);
            in.expect('_');
            return new NameNode.Text("'block-literal'");
        }
        throw new NotUnderstoodException();
    }

    private Node lambda() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        TemplateScope templates = parser.templates;
        int outerLambda = templates.enterLambda();
        int depth = templates.depth();
        List<Node> templateParameters = lambdaTemplateParameters();
        List<Node> parameters = new ArrayList<>();
        if (!in.take("vE")) {
            do {
                parameters.add(parser.types.type());
            } while (!in.take('E'));
        }
        String number = in.digits(false);
        in.expect('_');
        templates.closeTo(depth);
        templates.leaveLambda(outerLambda);
        in.leave();
        return new NameNode.Closure(templateParameters, parameters, number);
    }

    /** The lambda's own template parameters; without any, its {@code auto} parameters take their level. */
    private List<Node> lambdaTemplateParameters() throws NotUnderstoodException {
        int depth = parser.templates.depth();
        parser.templates.openLevel();
        List<Node> declarations = new ArrayList<>();
        while (atTemplateParameterDeclaration()) {
            declarations.add(templateParameterDeclaration());
        }
        if (declarations.isEmpty()) {
            parser.templates.closeTo(depth);
        }
        return declarations;
    }

    private boolean atTemplateParameterDeclaration() {
        return parser.in.peek() == 'T' && "yptn".indexOf(parser.in.peek(1)) >= 0;
    }

    private Node templateParameterDeclaration() throws NotUnderstoodException {
        Cursor in = parser.in;
        in.enter();
        in.expect('T');
        TemplateScope templates = parser.templates;
        Node result = switch (in.next()) {
            case 'y' -> new TemplateNode.TypeParameter(templates.inventTypeName());
            case 'n' -> {
                Node name = templates.inventValueName();
                yield new TemplateNode.ValueParameter(name, parser.types.type());
            }
            case 't' -> {
                Node name = templates.inventTemplateName();
                int depth = templates.depth();
                templates.openLevel();
                List<Node> parameters = parser.until('E', this::templateParameterDeclaration);
                templates.closeTo(depth);
                yield new TemplateNode.TemplateParameter(name, parameters);
            }
            case 'p' -> new TemplateNode.PackParameter(templateParameterDeclaration());
            default -> throw new NotUnderstoodException();
        };
        in.leave();
        return result;
    }

    /** {@code <operator-name>}: a symbol, a conversion, a literal operator, or a vendor's. */
    Node operatorName(NameState state) throws NotUnderstoodException {
        Cursor in = parser.in;
        if (in.take("cv")) {
            return conversion(state);
        }
        if (in.take("li")) {
            return new NameNode.Text("operator\"\" " + bareIdentifier());
        }
        if (in.peek() == 'v' && Cursor.isDigit(in.peek(1))) {
            in.skip(2);
            return new NameNode.Conversion(identifier());
        }
        Operators.Operator operator = Operators.of(in.next(), in.next());
        if (operator == null || operator.spelling().startsWith(".")) {
            throw new NotUnderstoodException();
        }
        boolean word = Character.isLetter(operator.spelling().charAt(0));
        return new NameNode.Text("operator" + (word ? " " : "") + operator.spelling());
    }

    private Node conversion(NameState state) throws NotUnderstoodException {
        boolean before = parser.templates.allowForward(state != null || parser.templates.forwardAllowed());
        // The arguments that follow the type are the operator's, not the type's.
        Node type = parser.types.typeWithoutArguments();
        parser.templates.allowForward(before);
        if (state != null) {
            state.withoutReturnType = true;
        }
        return new NameNode.Conversion(type);
    }
}
