package dev.sonde.agent.jvm.decode;

/** Why bytes of stable code have no rule. The names are labels of counters. */
public enum UnknownCode {
    /** Nothing leads there from any entry: a table between stubs, or code whose entry is not known. */
    NOT_REACHED,
    /** What is known of the stack there does not tell the caller. */
    NO_RULE,
    /** More code, or more ways through it, than is followed. */
    TOO_LARGE
}
