package dev.sonde.agent.jvm.decode.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstructionDecoderTest {

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** Alone, before other code, and cut short. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c3",
                "c2 08 00",
                "55",
                "41 55",
                "6a 00",
                "68 00 10 00 00",
                "66 68 00 10",
                "48 83 ec 20",
                "48 81 ec 00 02 00 00",
                "8b 04 25 00 00 00 80",
                "48 8b 0d 10 00 00 00",
                "48 8b 44 24 08",
                "4d 8b a4 d3 00 01 00 00",
                "48 b8 88 77 66 55 44 33 22 11",
                "b8 01 00 00 00",
                "66 b8 01 00",
                "48 c7 45 f0 00 00 00 00",
                "66 c7 45 f0 01 00",
                "c6 45 f0 01",
                "f6 c1 03",
                "f6 d9",
                "f7 c1 03 00 00 00",
                "f7 d9",
                "48 69 c0 00 01 00 00",
                "6b c0 0c",
                "a1 88 77 66 55 44 33 22 11",
                "c8 10 00 01",
                "eb fe",
                "e9 00 00 00 00",
                "e8 00 00 00 00",
                "0f 84 00 00 00 00",
                "f0 48 0f b1 11",
                "f3 48 a5",
                "f3 0f 1e fa",
                "66 0f 1f 84 00 00 00 00 00",
                "66 66 0f 1f 84 00 00 00 00 00",
                "0f ae 04 24",
                "0f ba e0 05",
                "0f c8",
                "f2 48 0f 38 f1 c2",
                "66 0f 3a 0f c1 08",
                "c5 f8 77",
                "c5 fb 10 44 24 08",
                "c5 f9 72 f0 05",
                "c4 e2 7d 58 05 10 00 00 00",
                "c4 e3 fd 00 c0 4e",
                "c4 e2 fb f6 c2",
                "c4 e3 fb f0 c6 0e",
                "62 f1 fe 48 6f 04 0e",
                "62 f1 fe 48 6f 44 0e 01",
                "62 f3 75 48 25 d2 ff",
                "62 f2 fd 48 7c c0",
                "41 ff 24 c2",
                "ff 15 00 00 00 00",
                "d9 44 24 08",
                "df e0",
                "0f 01 d0",
                "0f 0b",
                "f4"
            })
    void anInstructionHasItsLength(String hex) {
        byte[] alone = bytes(hex);
        byte[] followed = Arrays.copyOf(alone, alone.length + 16);
        Instruction insn = new Instruction();
        assertThat(new InstructionDecoder(alone).decode(0, insn)).isTrue();
        assertThat(insn.lengthBytes()).isEqualTo(alone.length);
        assertThat(new InstructionDecoder(followed).decode(0, insn)).isTrue();
        assertThat(insn.lengthBytes()).isEqualTo(alone.length);
        for (int cut = 0; cut < alone.length; cut++) {
            assertThat(new InstructionDecoder(Arrays.copyOf(alone, cut)).decode(0, insn))
                    .as("cut to %d bytes", cut)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "06",
                "27",
                "60",
                "82 00 00",
                "9a",
                "ce",
                "d4 0a",
                "d6",
                "ea",
                "0f 04",
                "0f ff",
                "8d c0",
                "c7 c8 00 00 00 00",
                "fe d0",
                "ff d8",
                "ff ff",
                "0f ba c0 01",
                "6c",
                "e4 00",
                "fa",
                "48 40 90",
                "66 c5 f8 77",
                "48 c5 f8 77",
                "c4 e0 78 58 c0",
                "62 f9 7c 48 58 c0",
                "62 f1 78 48 58 c0",
                "48",
                "66",
                "0f",
                "c4 e2",
                "62 f1 7c",
                "66 e8 00 00 00 00",
                "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90"
            })
    void whatIsNoInstructionIsRefused(String hex) {
        assertThat(new InstructionDecoder(bytes(hex)).decode(0, new Instruction()))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "48 8b 64 24 28, 4, 4, 40",
        "4c 89 6d c0, 13, 5, -64",
        "49 8b 9f 58 03 00 00, 3, 15, 856",
        "4c 8b 6b 08, 13, 3, 8"
    })
    void aMoveTellsItsOperands(String hex, int register, int base, int displacement) {
        Instruction insn = new Instruction();
        assertThat(new InstructionDecoder(bytes(hex)).decode(0, insn)).isTrue();
        assertThat(insn.isLoadOfRegister() || insn.isStoreOfRegister()).isTrue();
        assertThat(insn.movedRegister()).isEqualTo(register);
        assertThat(insn.baseRegister()).isEqualTo(base);
        assertThat(insn.displacement()).isEqualTo(displacement);
    }

    /** Registers by their bits: rax 1, rcx 2, rdx 4, rbx 8, rsp 10, rbp 20, rsi 40, rdi 80, r8 100 ... */
    @ParameterizedTest
    @CsvSource({
        "48 01 d8, 1",
        "48 03 c3, 1",
        "48 39 d8, 0",
        "48 85 c0, 0",
        "48 89 c3, 8",
        "48 89 44 24 08, 0",
        "48 8b 44 24 08, 1",
        "0f b6 c8, 2",
        "48 f7 e1, 5",
        "48 0f af c3, 1",
        "f3 48 a5, c2",
        "0f a2, f",
        "48 0f b1 0b, 1",
        "48 87 d9, a",
        "48 91, 3",
        "0f 94 c1, 2",
        "48 0f 44 ee, 20",
        "bd 01 00 00 00, 20",
        "66 48 0f 7e c5, 20",
        "f3 0f 7e e8, 0",
        "66 0f 6e e8, 0",
        "f2 48 0f 2c e8, 20",
        "c5 f8 50 e9, 20",
        "c5 d5 fe ed, 0",
        "c4 e2 fb f6 eb, 21",
        "c4 e2 d0 f2 e9, 20",
        "c4 e2 d0 f3 c9, 20",
        "c4 e1 fb 92 cd, 0",
        "c4 e1 fb 93 e9, 20",
        "62 f1 fd 48 6f e8, 0",
        "66 0f 3a 16 c5 01, 20",
        "66 0f 3a 63 c1 0c, 2"
    })
    void anInstructionWritesTheseRegisters(String hex, String registers) {
        Instruction insn = new Instruction();
        assertThat(new InstructionDecoder(bytes(hex)).decode(0, insn)).isTrue();
        assertThat(Integer.toHexString(RegisterWrites.of(insn))).isEqualTo(registers);
    }

    @ParameterizedTest
    @CsvSource({
        "48 89 44 24 08, 8",
        "89 44 24 08, 4",
        "66 89 44 24 08, 2",
        "88 44 24 08, 1",
        "48 8b 44 24 08, 0",
        "48 83 7c 24 08 00, 0",
        "48 83 44 24 08 01, 8",
        "48 c7 44 24 08 00 00 00 00, 8",
        "0f ae 04 24, 512",
        "f2 0f 11 04 24, 8",
        "f3 0f 11 04 24, 4",
        "f3 0f 7f 04 24, 16",
        "f3 0f 6f 04 24, 0",
        "c5 fe 7f 04 24, 32",
        "c5 fb 11 04 24, 8",
        "62 f1 fe 48 7f 04 24, 64",
        "c5 f9 d6 04 24, 8",
        "c4 e3 7d 39 04 24 01, 16"
    })
    void aStoreWritesSoManyBytes(String hex, int bytes) {
        Instruction insn = new Instruction();
        assertThat(new InstructionDecoder(bytes(hex)).decode(0, insn)).isTrue();
        assertThat(MemoryWrites.bytes(insn)).isEqualTo(bytes);
    }
}
