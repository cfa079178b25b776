package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NameNode;
import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import dev.sonde.symbolizer.demangle.itanium.tree.TemplateNode;
import java.util.ArrayList;
import java.util.List;

/** What {@code T_}, {@code T0_} ... stand for at the place reached: the arguments of the innermost encoding's template. */
final class TemplateScope {

    private static final int NOT_IN_LAMBDA = -1;

    /** Argument lists by level: the template's, then those of lambdas with template parameters of their own. */
    private List<List<Node>> levels = new ArrayList<>();

    private final List<TemplateNode.Forward> unresolved = new ArrayList<>();
    private int lambdaLevel = NOT_IN_LAMBDA;
    private boolean forwardAllowed;
    private int inventedTypes;
    private int inventedValues;
    private int inventedTemplates;

    /** Hides the levels for an encoding or an argument of its own; what is returned brings them back. */
    List<List<Node>> hide() {
        List<List<Node>> hidden = levels;
        levels = new ArrayList<>();
        return hidden;
    }

    void restore(List<List<Node>> hidden) {
        levels = hidden;
    }

    /** Starts the argument list that parameters of this encoding refer to, and returns it to be filled. */
    List<Node> startArguments() {
        List<Node> arguments = new ArrayList<>();
        levels = new ArrayList<>();
        levels.add(arguments);
        return arguments;
    }

    int depth() {
        return levels.size();
    }

    /** Opens a level for a parameter list and returns it. */
    List<Node> openLevel() {
        List<Node> level = new ArrayList<>();
        levels.add(level);
        return level;
    }

    /** Closes levels opened since there were this many. */
    void closeTo(int depth) {
        while (levels.size() > depth) {
            levels.removeLast();
        }
    }

    /** Parameters of a lambda at the present level are {@code auto}; returns what to set back afterwards. */
    int enterLambda() {
        int before = lambdaLevel;
        lambdaLevel = levels.size();
        return before;
    }

    void leaveLambda(int before) {
        lambdaLevel = before;
    }

    /** A conversion operator's type may name arguments that come after it; returns what to set back afterwards. */
    boolean allowForward(boolean allowed) {
        boolean before = forwardAllowed;
        forwardAllowed = allowed;
        return before;
    }

    boolean forwardAllowed() {
        return forwardAllowed;
    }

    int unresolvedCount() {
        return unresolved.size();
    }

    /** Gives the forward references since {@code from} their arguments, now that these have been read. */
    void resolveSince(int from) throws NotUnderstoodException {
        while (unresolved.size() > from) {
            TemplateNode.Forward reference = unresolved.removeLast();
            reference.resolve(argument(0, reference.index()));
        }
    }

    /** What the parameter stands for. */
    Node parameter(int level, int index) throws NotUnderstoodException {
        if (forwardAllowed) {
            TemplateNode.Forward reference = new TemplateNode.Forward(index);
            unresolved.add(reference);
            return reference;
        }
        boolean known = level < levels.size() && index < levels.get(level).size();
        if (!known && lambdaLevel == level && level <= levels.size()) {
            if (level == levels.size()) {
                levels.add(new ArrayList<>());
            }
            return new NameNode.Text("auto");
        }
        return argument(level, index);
    }

    private Node argument(int level, int index) throws NotUnderstoodException {
        if (level >= levels.size() || index >= levels.get(level).size()) {
            throw new NotUnderstoodException();
        }
        return levels.get(level).get(index);
    }

    /** A name for a lambda's type parameter, which has none in the mangled text. */
    Node inventTypeName() {
        return invent("$T", inventedTypes++);
    }

    Node inventValueName() {
        return invent("$N", inventedValues++);
    }

    Node inventTemplateName() {
        return invent("$TT", inventedTemplates++);
    }

    private Node invent(String prefix, int number) {
        Node name = new NameNode.Text(number == 0 ? prefix : prefix + (number - 1));
        if (!levels.isEmpty()) {
            levels.getLast().add(name);
        }
        return name;
    }
}
