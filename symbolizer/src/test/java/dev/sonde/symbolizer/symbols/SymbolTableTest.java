package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SymbolTableTest {

    @Test
    void anAddressPastTheEndHasNoName() throws IOException {
        SymbolTable table = new TestElf().function("f", 0x1010, 0x10).table();
        assertThat(table.lookup(0x100f)).isNull();
        assertThat(table.lookup(0x1010)).isEqualTo(new Symbol("f", 0x1010, 0x10));
        assertThat(table.lookup(0x101f)).isEqualTo(new Symbol("f", 0x1010, 0x10));
        assertThat(table.lookup(0x1020)).isNull();
        assertThat(table.lookup(-1)).isNull();
        assertThat(table.lookup(Long.MAX_VALUE)).isNull();
    }

    @Test
    void emptyTablesAnswerToo() throws IOException {
        assertThat(new TestElf().table().lookup(0x1000)).isNull();
    }

    @Test
    void aSymbolWithoutASizeReachesTheNextOrTheEndOfItsSection() throws IOException {
        SymbolTable table = new TestElf()
                .function("first", 0x1000, 0)
                .function("last", 0x1800, 0)
                .table();
        assertThat(table.lookup(0x17ff)).isEqualTo(new Symbol("first", 0x1000, 0x800));
        assertThat(table.lookup(0x1fff)).isEqualTo(new Symbol("last", 0x1800, 0x800));
        assertThat(table.lookup(0x2000)).isNull();
    }

    @Test
    void labelsOfAssemblyNameCodeButDoNotCutFunctions() throws IOException {
        SymbolTable table = new TestElf()
                .symbol("_start", TestElf.GLOBAL, TestElf.NONE, 0x1000, 0)
                .function("main", 0x1100, 0x100)
                .symbol("inside_main", TestElf.LOCAL, TestElf.NONE, 0x1180, 0)
                .symbol(".Lmark", TestElf.LOCAL, TestElf.NONE, 0x1200, 0)
                .symbol("data", TestElf.GLOBAL, TestElf.OBJECT, 0x1300, 8)
                .table();
        assertThat(table.lookup(0x1050).name()).isEqualTo("_start");
        assertThat(table.lookup(0x1190).name()).isEqualTo("main");
        assertThat(table.lookup(0x1200)).isNull();
        assertThat(table.lookup(0x1300)).isNull();
    }

    @Test
    void choosesAmongAliasesWhateverTheirOrder() throws IOException {
        String[] names = {"write", "__write", "__GI___write", "writer", "local"};
        int[] bindings = {TestElf.WEAK, TestElf.GLOBAL, TestElf.LOCAL, TestElf.WEAK, TestElf.LOCAL};
        for (int first = 0; first < names.length; first++) {
            TestElf file = new TestElf();
            for (int i = 0; i < names.length; i++) {
                int next = (first + i) % names.length;
                file.symbol(names[next], bindings[next], TestElf.FUNCTION, 0x1000, 0x10);
            }
            assertThat(file.table().lookup(0x1001).name()).isEqualTo("write");
        }
    }

    @Test
    void anEnclosingFunctionTakesOverBehindTheEnclosed() throws IOException {
        SymbolTable table = new TestElf()
                .function("outer", 0x1000, 0x100)
                .function("inner", 0x1040, 0x10)
                .function("short_alias", 0x1000, 0x20)
                .table();
        assertThat(table.lookup(0x1010).name()).isEqualTo("outer");
        assertThat(table.lookup(0x1048).name()).isEqualTo("inner");
        assertThat(table.lookup(0x1050).name()).isEqualTo("outer");
        assertThat(table.lookup(0x1100)).isNull();
    }

    @Test
    void versionsAreNoPartOfNames() throws IOException {
        SymbolTable table = new TestElf()
                .function("memcpy@@GLIBC_2.14", 0x1000, 0x10)
                .function("puts@plt", 0x1010, 0x10)
                .function("old@GLIBC_2.2.5", 0x1020, 0x10)
                .table();
        assertThat(table.name(0)).isEqualTo("memcpy");
        assertThat(table.name(1)).isEqualTo("puts@plt");
        assertThat(table.name(2)).isEqualTo("old");
    }

    @Test
    void symbolsThatShareTheEndsOfNamesKeepThem() throws IOException {
        TestElf file = new TestElf();
        byte[] strings = "\0prefix_name\0".getBytes(StandardCharsets.US_ASCII);
        file.raw(8, 0x12, 1, 0x1000, 16).raw(1, 0x12, 1, 0x1010, 16).stringTable(strings);
        SymbolTable table = file.table();
        assertThat(table.name(0)).isEqualTo("name");
        assertThat(table.name(1)).isEqualTo("prefix_name");
        // The empty name, the long one with its zero byte; the short one is its end.
        assertThat(table.memoryBytes()).isEqualTo(2 * 13 + 1 + 12);
    }

    @Test
    void manySymbolsThatPointIntoOneLongNameStaySmall() throws IOException {
        TestElf file = new TestElf();
        byte[] strings = new byte[NamePool.MAX_NAME_BYTES];
        Arrays.fill(strings, 1, strings.length - 1, (byte) 'a');
        for (int i = 0; i < 4000; i++) {
            file.raw(1 + i, 0x12, 1, 0x1000 + i, 1);
        }
        SymbolTable table = file.stringTable(strings).table();
        assertThat(table.size()).isEqualTo(4000);
        assertThat(table.memoryBytes()).isLessThan(4000 * 17 + 2L * strings.length);
    }

    @Test
    void namesWithoutAnEndAreLeftOut() throws IOException {
        TestElf file = new TestElf().raw(1, 0x12, 1, 0x1000, 16).stringTable(new byte[] {0, 'a', 'b'});
        assertThat(file.table().size()).isZero();
    }

    @Test
    void symbolsOutsideTheirSectionOrOfNoneAreLeftOut() throws IOException {
        SymbolTable table = new TestElf()
                .function("before", 0xfff, 16)
                .function("behind", 0x2000, 16)
                .raw(1, 0x12, 0, 0x1000, 16)
                .raw(1, 0x12, 0xfff1, 0x1000, 16)
                .function("too long", 0x1ff0, Long.MAX_VALUE)
                .function("negative", 0x1fe0, -1)
                .table();
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.lookup(0x1fff)).isEqualTo(new Symbol("too long", 0x1ff0, 16));
        assertThat(table.lookup(0x1fe1)).isEqualTo(new Symbol("negative", 0x1fe0, 32));
    }

    @Test
    void deepNestingEndsTheLookup() throws IOException {
        TestElf file = new TestElf();
        for (int i = 0; i < 0x700; i++) {
            file.function("f" + i, 0x1000 + i, 0x1000 - 2L * i);
        }
        // Only the first reaches as far, some 1,800 steps outwards from the last.
        SymbolTable table = file.table();
        assertThat(table.lookup(0x1fff)).isNull();
        assertThat(table.lookup(0x1000 + 0x6ff).name()).isEqualTo("f" + 0x6ff);
    }

    @Test
    void refusesABrokenLinkToTheNames() throws IOException {
        byte[] bytes = new TestElf().function("f", 0x1000, 1).bytes();
        int sectionHeaders = (int) readLong(bytes, 40);
        // sh_link of section 2, .symtab
        bytes[sectionHeaders + 2 * 64 + 40] = 9;
        assertThatThrownBy(() -> SymbolTable.read(ElfFile.of(MemorySegment.ofArray(bytes))))
                .isInstanceOf(ElfException.class)
                .hasMessage("sh_link of .symtab: 9 (expected: the index of a string table)");
    }

    private static long readLong(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
    }
}
