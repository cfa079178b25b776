/**
 * Unwind tables: for every instruction of a file, how its frame's caller is found. Made of .eh_frame, or of
 * .debug_frame where only that exists, read as defensively as {@link dev.sonde.symbolizer.elf} reads: a broken function
 * is counted and costs itself, a broken file is an exception.
 *
 * <h2>The binary form</h2>
 *
 * <p>A table is a run of blocks of 4,096 bytes, which a BPF program searches as they stand: one element of an array map
 * each, no block special, so that a file takes as many as it needs and none is reserved. All numbers are little-endian.
 *
 * <p><b>Pages.</b> The code from {@code base} on is cut into pages of {@code 1 << pageShift} bytes (1 KiB to 64 KiB,
 * the smallest whose index stays an eighth of the rows). With {@code page = (pc - base) >> pageShift} below
 * {@code pages}, its entry in the page index is the 8 bytes at element {@code page % 512} of block
 * {@code rowBlocks + page / 512}:
 *
 * <pre>
 *   bytes 0..3  first row's number; that row is element number % 1024 of block number / 1024
 *   bytes 4..5  count of the page's rows, 0 to 1,024
 *   bytes 6..7  number of the rule that holds from the page's start up to its first row
 * </pre>
 *
 * <p><b>Rows.</b> 4 bytes, ascending within a page; the rows of a page all lie in one block, so that a look-up touches
 * two blocks at most, and one where the page has no rows:
 *
 * <pre>
 *   bytes 0..1  offset in the page from which on the rule holds
 *   bytes 2..3  number of the rule
 * </pre>
 *
 * <p>The rule of an address is that of the last row whose offset is not above the address's, or the page's. Outside of
 * all pages it is number 0. Callers are looked up by their return address less one, unless the frame before was a
 * signal frame.
 *
 * <p><b>Rules.</b> Numbers index the table's rules of 16 bytes. Numbers 0 to 2 mean the same in every table:
 * {@linkplain dev.sonde.symbolizer.cfi.UnwindRule#UNCOVERED nothing known} (frame pointers may be tried),
 * {@linkplain dev.sonde.symbolizer.cfi.UnwindRule#BROKEN broken},
 * {@linkplain dev.sonde.symbolizer.cfi.UnwindRule#UNSUPPORTED not expressible}. Whoever keeps one set of rules for many
 * files numbers them anew while loading the blocks ({@link dev.sonde.symbolizer.cfi.UnwindRules}).
 *
 * <pre>
 *   byte  0       {@link dev.sonde.symbolizer.cfi.CfaKind}, its code
 *   byte  1       bits 0..3 register of the CFA, bits 4..7 index register; DWARF numbers
 *   byte  2       {@link dev.sonde.symbolizer.cfi.SavedKind} of rbp, its code
 *   byte  3       bits 0..6 SavedKind of the return address, UNDEFINED = end of stack; bit 7 signal frame
 *   bytes 4..7    signed offset of the CFA
 *   bytes 8..11   signed offset, or register, of rbp
 *   bytes 12..13  signed offset, or register, of the return address
 *   bytes 14..15  signed addend of the CFA, or the threshold of PLT, or where rbx is
 * </pre>
 *
 * <p>The caller's rsp is the CFA. A signal frame's other registers lie in the ucontext that its rsp points at
 * (arch/x86/include/uapi/asm/ucontext.h). Registers other than rsp, rbp and rip are not followed: where compilers use
 * them for the CFA, it is between calls, in the innermost frame, whose registers are all known. Only rbx is, and only
 * in files with a CFA on it: the lazy binding of glibc's ld.so calls from such a frame.
 *
 * <p>The agent writes tables of the same form for what HotSpot generates at its start; INTERPRETER, CONTINUATION,
 * AT_RSP and AT_R15 are theirs alone.
 */
package dev.sonde.symbolizer.cfi;
