package dev.sonde.agent.unwind.host;

import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A table of one page of 1 KiB of code, written by hand: a row of 16 bytes of code a rule. */
final class SmallTable {

    static final int CODE_BYTES_PER_RULE = 16;

    /** unwind_cfa and unwind_saved (unwind/table_format.h). */
    static final int CFA_REGISTER = 1;

    static final int CFA_DEREFERENCED = 2;
    static final int CFA_PLT = 4;
    static final int CFA_UNSUPPORTED = 5;
    static final int CFA_CONTINUATION = 9;
    static final int SAME = 0;
    static final int AT_CFA = 1;
    static final int AT_RSP = 3;
    static final int UNDEFINED = 6;
    static final int SIGNAL = 0x80;

    static final int RAX = 0;
    static final int RBX = 3;
    static final int RBP = 6;
    static final int RSP = 7;

    private final List<byte[]> rules = new ArrayList<>();

    /** Adds a rule; its code begins {@link #CODE_BYTES_PER_RULE} behind that of the rule before. */
    SmallTable rule(
            int cfa, int register, int cfaOffset, int addend, int fp, int fpOffset, int returnAddress, int raOffset) {
        byte[] bytes = new byte[16];
        ByteBuffer rule = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        rule.put((byte) cfa).put((byte) register).put((byte) fp).put((byte) returnAddress);
        rule.putInt(cfaOffset).putInt(fpOffset).putShort((short) raOffset).putShort((short) addend);
        rules.add(bytes);
        return this;
    }

    /** The usual rule: the return address is the word below the CFA. */
    SmallTable rule(int cfa, int register, int cfaOffset, int addend) {
        return rule(cfa, register, cfaOffset, addend, SAME, 0, AT_CFA, -8);
    }

    UnwindTableImage image() {
        byte[][] blocks = {rows(), index(), ruleBlock()};
        return new UnwindTableImage(
                (number, into) -> System.arraycopy(blocks[number], 0, into, 0, into.length),
                3,
                1,
                2,
                1,
                10,
                List.of(new UnwindTableImage.Segment(0, 4096, 0)));
    }

    private byte[] rows() {
        byte[] bytes = new byte[UnwindTableImage.BLOCK_BYTES];
        ByteBuffer block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rules.size(); i++) {
            block.putShort((short) (i * CODE_BYTES_PER_RULE)).putShort((short) i);
        }
        return bytes;
    }

    private byte[] index() {
        byte[] bytes = new byte[UnwindTableImage.BLOCK_BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(4, (short) rules.size());
        return bytes;
    }

    private byte[] ruleBlock() {
        byte[] bytes = new byte[UnwindTableImage.BLOCK_BYTES];
        ByteBuffer block = ByteBuffer.wrap(bytes);
        rules.forEach(block::put);
        return bytes;
    }
}
