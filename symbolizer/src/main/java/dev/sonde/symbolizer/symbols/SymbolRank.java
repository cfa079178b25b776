package dev.sonde.symbolizer.symbols;

/**
 * How good a name a symbol is, as one byte; lower is better. A stated size comes before none, a function's type before
 * none, a symbol that others can see before a local one. Between global and weak the names decide first: in the C
 * library {@code write} is the weak one and {@code __write} the global one.
 */
final class SymbolRank {

    static final int TYPE_NONE = 0;
    static final int TYPE_FUNCTION = 2;
    static final int TYPE_INDIRECT_FUNCTION = 10;

    private static final int BIND_LOCAL = 0;
    private static final int BIND_GLOBAL = 1;
    private static final int BIND_WEAK = 2;

    private static final int LOCAL_RANK = 2;
    private static final int WEAK_RANK = 1;
    private static final int BINDING_MASK = 3;
    private static final int LABEL = 1 << 2;
    private static final int UNSIZED = 1 << 3;

    private SymbolRank() {}

    /** The rank of a symbol with this st_info. */
    static byte of(int info, boolean sized) {
        int type = info & 0xf;
        int rank = switch (info >>> 4) {
            case BIND_LOCAL -> LOCAL_RANK;
            case BIND_WEAK -> WEAK_RANK;
            // STB_GNU_UNIQUE is as global as STB_GLOBAL.
            default -> 0;
        };
        return (byte) (rank | (type == TYPE_NONE ? LABEL : 0) | (sized ? 0 : UNSIZED));
    }

    /** The rank without the difference between global and weak. */
    static int coarse(byte rank) {
        return (rank & BINDING_MASK) == WEAK_RANK ? rank & ~BINDING_MASK : rank;
    }

    static boolean sized(byte rank) {
        return (rank & UNSIZED) == 0;
    }

    static boolean local(byte rank) {
        return (rank & BINDING_MASK) == LOCAL_RANK;
    }

    /** An st_info that has this rank again. */
    static int info(byte rank) {
        int binding = switch (rank & BINDING_MASK) {
            case LOCAL_RANK -> BIND_LOCAL;
            case WEAK_RANK -> BIND_WEAK;
            default -> BIND_GLOBAL;
        };
        return binding << 4 | ((rank & LABEL) == 0 ? TYPE_FUNCTION : TYPE_NONE);
    }
}
