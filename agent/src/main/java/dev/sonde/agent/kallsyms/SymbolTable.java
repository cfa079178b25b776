package dev.sonde.agent.kallsyms;

import java.util.Arrays;

/**
 * Kernel functions by address, compactly: 6 bytes and a third of the name for each. All code of an x86-64 kernel, its
 * modules and BPF programs lies in the last 2 GiB (Documentation/arch/x86/x86_64/mm.rst), so the low 32 bits tell
 * addresses apart.
 */
final class SymbolTable {
    /** No symbol. */
    static final int NONE = -1;

    /** A table without symbols. */
    static final SymbolTable EMPTY = empty();

    /** Owners: the kernel itself, a BPF program; a positive number is a module's. */
    static final short KERNEL = 0;

    static final short BPF = -1;

    /** What has it begins where the function before it ends. */
    static final short NOBODY = -2;

    /** Of a module's last function as much is its own as lies in its page: code is loaded by pages. */
    private static final int PAGE_SHIFT = 12;

    /** The first address that is taken. */
    static final long LOWEST_ADDRESS = 0xffffffff80000000L;

    /**
     * kallsyms tells where functions begin, not where they end. The largest function of a distribution's kernel has
     * 60 KB; what is this far behind the last one before it is something else.
     */
    private static final int MAX_FUNCTION_BYTES = 256 << 10;

    private final int[] addresses;
    private final NameBlocks names;
    private final short[] owners;

    /**
     * @param addresses the low halves, ascending
     * @param names of each
     * @param owners whose each is
     */
    SymbolTable(int[] addresses, NameBlocks names, short[] owners) {
        this.addresses = addresses;
        this.names = names;
        this.owners = owners;
    }

    private static SymbolTable empty() {
        try (NameBlocks.Writer none = new NameBlocks.Writer(0)) {
            return new SymbolTable(new int[0], none.finish(), new short[0]);
        }
    }

    /** How many symbols there are. */
    int size() {
        return addresses.length;
    }

    /** The symbol that covers an address, or {@link #NONE}. */
    int find(long address) {
        if (Long.compareUnsigned(address, LOWEST_ADDRESS) < 0) {
            return NONE;
        }
        // In the last 2 GiB all low halves are negative, so their signed order is the addresses' order.
        int low = (int) address;
        int found = Arrays.binarySearch(addresses, low);
        int index = found >= 0 ? found : -found - 2;
        if (index < 0 || low - addresses[index] > MAX_FUNCTION_BYTES || owners[index] == NOBODY) {
            return NONE;
        }
        boolean last = index + 1 == addresses.length || owners[index + 1] != owners[index];
        boolean samePage = low >> PAGE_SHIFT == addresses[index] >> PAGE_SHIFT;
        return last && owners[index] > 0 && !samePage ? NONE : index;
    }

    /** The symbol's first address. */
    long address(int symbol) {
        return LOWEST_ADDRESS | addresses[symbol];
    }

    /** The symbol's name; allocates. */
    String name(int symbol) {
        return names.name(symbol);
    }

    /** Whose the symbol is: {@link #KERNEL}, {@link #BPF} or a module's number. */
    int owner(int symbol) {
        return owners[symbol];
    }

    /** What the table takes in memory. */
    long bytes() {
        return (long) addresses.length * (Integer.BYTES + Short.BYTES) + names.memoryBytes();
    }
}
