package dev.sonde.symbolizer.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.fixture.SystemFiles;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressNamesTest {

    @Test
    void aLineHasTheNameOfTheSourceAndThatOfTheLinker() throws IOException {
        try (ElfFile file = ElfFile.open(SystemFiles.jdk("lib/server/libjvm.so"))) {
            SymbolTable table = SymbolTable.read(file);
            AddressNames names = AddressNames.open(file);
            long plain = addressOf(table, "JNI_CreateJavaVM");
            FrameLine plainLine = new FrameLine("JNI_CreateJavaVM", "JNI_CreateJavaVM");
            long mangled = addressOf(table, "_ZN7Threads9create_vmEP14JavaVMInitArgsPb");
            FrameLine mangledLine = new FrameLine(
                    "Threads::create_vm(JavaVMInitArgs*, bool*)", "_ZN7Threads9create_vmEP14JavaVMInitArgsPb");
            assertThat(names.lines(mangled)).containsExactly(mangledLine);
            assertThat(names.lines(new long[] {0, plain + 1, mangled + 1}))
                    .containsExactly(List.of(), List.of(plainLine), List.of(mangledLine));
        }
    }

    private static long addressOf(SymbolTable table, String name) {
        for (int i = 0; i < table.size(); i++) {
            if (table.name(i).equals(name)) {
                return table.address(i);
            }
        }
        throw new AssertionError("no " + name);
    }
}
