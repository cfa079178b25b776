package dev.sonde.agent.jvm.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Code as HotSpot emits it, and the rules that it must get. */
class StableCodeTest {

    private static final String STUBS = "StubRoutines (2)";

    @Test
    void aFramePointerFrame() throws IOException {
        judge(BlobKind.RUNTIME_STUB, "a stub", """
                55          | rsp+8 u c-8
                48 89 e5    | rsp+16 u c-8
                48 83 ec 20 | rsp+16 c-16 c-8
                ff d0       | rsp+48 c-16 c-8
                c9          | rsp+48 c-16 c-8
                c3          | rsp+8 u c-8""");
    }

    @Test
    void aFrameWhoseRbpIsStoredAndUsed() throws IOException {
        judge(BlobKind.RUNTIME_STUB, "a stub", """
                48 83 ec 18    | rsp+8 u c-8
                48 89 6c 24 10 | rsp+32 u c-8
                bd 01 00 00 00 | rsp+32 u c-8
                ff d0          | rsp+32 c-16 c-8
                48 8b 6c 24 10 | rsp+32 c-16 c-8
                48 83 c4 18    | rsp+32 u c-8
                c3             | rsp+8 u c-8""");
    }

    @Test
    void anAlignedFrameKeepsTheOldStackPointerInItself() throws IOException {
        judge(BlobKind.RUNTIME_STUB, "sha512", """
                53             | rsp+8 u c-8
                48 89 e0       | rsp+16 u c-8
                48 83 ec 40    | rsp+16 u c-8
                48 83 e4 e0    | rsp+80 u c-8
                48 89 44 24 28 | rax+16 u c-8
                31 c0          | exp u c-8 cfa=*(rsp+40)+16
                c5 d5 fe 24 24 | exp u c-8 cfa=*(rsp+40)+16
                48 8b 64 24 28 | exp u c-8 cfa=*(rsp+40)+16
                5b             | rsp+16 u c-8
                c3             | rsp+8 u c-8""");
    }

    @Test
    void compiledCodeCallsInterpretedCode() throws IOException {
        judge(BlobKind.ADAPTER, "I2C/C2I adapters", """
                58          | rsp+8 u c-8
                49 89 e5    | rsp+0 u r0(rax)
                48 83 ec 18 | rsp+0 u r0(rax)
                48 89 04 24 | rsp+24 u c-8
                48 8b 4b 38 | rsp+24 u c-24
                ff e1       | rsp+24 u c-24""");
    }

    @Test
    void interpretedCodeCallsCompiledCode() throws IOException {
        judge(BlobKind.ADAPTER, "I2C/C2I adapters", """
                48 8b 04 24 | rsp+8 u c-8
                49 89 e3    | rsp+8 u c-8
                48 83 ec 10 | rsp+8 u c-8
                48 83 e4 f0 | rsp+24 u c-8
                50          | r11+8 u c-8
                4c 89 d8    | rsp+8 u c-8
                48 8b 70 08 | rsp+8 u c-8
                48 89 d8    | rsp+8 u c-8
                41 ff e3    | rsp+8 u c-8""");
    }

    @Test
    void anExceptionsReturnAddressIsInRdx() throws IOException {
        judge(BlobKind.EXCEPTION, "ExceptionBlob", """
                52          | rsp+0 u r1(rdx)
                48 83 ec 08 | rsp+8 u c-8
                48 89 2c 24 | rsp+16 u c-8
                48 83 e4 f0 | rsp+16 u c-8
                41 ff d2    | rsp+16 u c-8
                48 8b 2c 24 | rsp+16 u c-8
                48 83 c4 08 | rsp+16 u c-8
                5a          | rsp+8 u c-8
                49 89 c0    | rsp+0 u r1(rdx)
                41 ff e0    | rsp+0 u r1(rdx)""");
    }

    @Test
    void aPollsReturnAddressIsInTheThread() throws IOException {
        judge(BlobKind.SAFEPOINT, "SafepointBlob", """
                53                   | rsp+0 u exp ra=*(r15+856)
                55                   | rsp+8 u exp ra=*(r15+856)
                48 89 e5             | rsp+16 u exp ra=*(r15+856)
                9c                   | rsp+16 c-16 exp ra=*(r15+856)
                48 83 ec 08          | rsp+24 c-16 exp ra=*(r15+856)
                49 8b 9f 58 03 00 00 | rsp+32 c-16 exp ra=*(r15+856)
                48 89 5d 08          | rsp+32 c-16 exp ra=*(r15+856)
                41 ff d2             | rsp+32 c-16 c-8
                48 83 c4 08          | rsp+32 c-16 c-8
                9d                   | rsp+24 c-16 c-8
                5d                   | rsp+16 c-16 c-8
                c3                   | rsp+8 u c-8""");
    }

    @Test
    void deoptimizationPutsInterpretedFramesInACompiledOnesPlace() throws IOException {
        judge(BlobKind.DEOPTIMIZATION, "DeoptimizationBlob", """
                48 01 cc    | rsp+8 u c-8
                48 8b 6f 30 | unsupported
                48 83 c4 08 | unsupported
                48 29 dc    | unsupported
                ff 31       | unsupported
                55          | unsupported
                48 89 e5    | unsupported
                48 29 dc    | rsp+16 c-16 c-8
                ff ca       | rbp+16 c-16 c-8
                75 f3       | rbp+16 c-16 c-8
                ff 31       | rbp+16 c-16 c-8
                55          | rbp+16 c-16 c-8
                48 89 e5    | rbp+16 c-16 c-8
                48 83 ec 40 | rsp+16 c-16 c-8
                41 ff d2    | rsp+80 c-16 c-8
                c9          | rsp+80 c-16 c-8
                c3          | rsp+8 u c-8""");
    }

    @Test
    void theReturnBarrierLaysFramesOntoTheStack() throws IOException {
        Listing listing = new Listing("""
                49 8b a7 18 06 00 00 | continuation
                50                   | continuation
                48 83 ec 08          | continuation
                41 ff d2             | continuation
                48 83 c4 08          | continuation
                58                   | continuation
                48 29 dc             | continuation
                48 83 e4 f0          | continuation
                41 ff d2             | continuation
                48 89 c4             | continuation
                48 83 ec 10          | rsp+0 c-16 c-8
                5d                   | rsp+16 c-16 c-8
                c3                   | rsp+8 u c-8""");
        SpecialAddresses special = new SpecialAddresses(0, 0, 0, Listing.START, 0);
        StableBlob blob = listing.blob(BlobKind.BUFFER, "StubRoutines (continuation stubs)", 0);
        assertThat(listing.of(table(new JvmCodeView(List.of(blob), List.of(), List.of(), special))))
                .isEqualTo(listing.expected());
    }

    @Test
    void javaCodeReturnsToTheCallStub() throws IOException {
        Listing listing = new Listing("""
                55          | rsp+8 u c-8
                48 89 e5    | rsp+16 u c-8
                48 83 ec 20 | rsp+16 c-16 c-8
                ff 31       | rbp+16 c-16 c-8
                75 fc       | rbp+16 c-16 c-8
                ff d0       | rbp+16 c-16 c-8
                31 c0       | rbp+16 c-16 c-8
                48 8d 65 e0 | rbp+16 c-16 c-8
                48 83 c4 20 | rsp+48 c-16 c-8
                5d          | rsp+16 c-16 c-8
                c3          | rsp+8 u c-8""");
        SpecialAddresses special = new SpecialAddresses(Listing.START + 14, 0, 0, 0, 0);
        StableBlob blob = listing.blob(BlobKind.BUFFER, STUBS, 0);
        assertThat(listing.of(table(new JvmCodeView(List.of(blob), List.of(), List.of(), special))))
                .isEqualTo(listing.expected());
    }

    @Test
    void tablesBetweenStubsHaveNoRule() throws IOException {
        judge(BlobKind.BUFFER, STUBS, """
                48 83 ec 08                                     | rsp+8 u c-8
                ff d0                                           | rsp+16 u c-8
                48 83 c4 08                                     | rsp+16 u c-8
                c3                                              | rsp+8 u c-8
                0f 1f 44 00 00                                  | rsp+8 u c-8
                06 0e 16 1e 27 2f 37 3f 60 61 62 82 9a ce d4 d6 | unsupported
                55                                              | rsp+8 u c-8
                48 89 e5                                        | rsp+16 u c-8
                48 83 ec 10                                     | rsp+16 c-16 c-8
                c9                                              | rsp+32 c-16 c-8
                c3                                              | rsp+8 u c-8""");
    }

    @Test
    void aTableOfJumpsLeadsToItsTargets() throws IOException {
        Listing listing = new Listing("""
                53                      | rsp+8 u c-8
                4c 8d 15 08 00 00 00    | rsp+16 u c-8
                41 ff 24 c2             | rsp+16 u c-8
                90 90 90 90             | rsp+16 u c-8
                20 10 00 00 00 7f 00 00 | unsupported
                22 10 00 00 00 7f 00 00 | unsupported
                5b                      | rsp+16 u c-8
                c3                      | rsp+8 u c-8
                50                      | rsp+16 u c-8
                58                      | rsp+24 u c-8
                5b                      | rsp+16 u c-8
                c3                      | rsp+8 u c-8""");
        assertThat(listing.of(table(view(listing.blob(BlobKind.RUNTIME_STUB, "a stub", 0)))))
                .isEqualTo(listing.expected());
    }

    @Test
    void theInterpreterBuildsAFrameAndLeavesIt() throws IOException {
        Listing entry = new Listing("""
                58             | r13+0 u exp ra=*(rsp+0)
                4c 8d 74 cc f8 | r13+0 u r0(rax)
                85 d2          | r13+0 u r0(rax)
                7e 06          | r13+0 u r0(rax)
                6a 00          | r13+0 u r0(rax)
                ff ca          | r13+0 u r0(rax)
                7f fa          | r13+0 u r0(rax)
                50             | r13+0 u r0(rax)
                55             | r13+0 u exp ra=*(rsp+0)
                48 89 e5       | r13+0 u exp ra=*(rsp+8)
                41 55          | r13+0 exp exp rbp=*(rbp+0) ra=*(rbp+8)
                6a 00          | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                4c 8b 6b 08    | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                4d 8d 6d 30    | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                53             | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                52             | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                52             | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                52             | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 56          | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 55          | exp exp exp cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                6a 00          | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                48 89 24 24    | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 0f b6 5d 00 | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 ff 24 da    | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                4c 89 6d c0    | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                e8 02 00 00 00 | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                eb 0d          | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                48 8d 44 24 08 | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 ff d2       | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                4c 8b 6d c0    | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                c3             | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                48 8b 5d f8    | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                c9             | exp exp exp interpreter, cfa=*(rbp-8)+0 rbp=*(rbp+0) ra=*(rbp+8)
                41 5d          | rbx+0 u exp ra=*(rsp+0)
                48 89 dc       | rbx+0 u r13(r13)
                41 ff e5       | rsp+0 u r13(r13)""");
        int body = entry.code().length - 39;
        List<Codelet> codelets = List.of(
                new Codelet("method entry point (kind = zerolocals)", Listing.START, Listing.START + body),
                new Codelet("ireturn", Listing.START + body, Listing.START + entry.code().length));
        StableBlob blob = entry.blob(BlobKind.BUFFER, "Interpreter", 0);
        StableCode.Result result =
                new StableCode().decode(new JvmCodeView(List.of(blob), codelets, List.of(), SpecialAddresses.NONE));
        assertThat(result.slots()).contains(new InterpreterSlots(-24, -64));
        assertThat(entry.of(result.table())).isEqualTo(entry.expected());
    }

    @Test
    void vtableStubsHaveNoFrame() throws IOException {
        judge(BlobKind.VTABLE, "vtable chunks", """
                8b 46 08             | rsp+8 u c-8
                48 8b 98 b8 01 00 00 | rsp+8 u c-8
                ff 63 40             | rsp+8 u c-8""");
    }

    @Test
    void whatHoldsNotOnAllWaysIsNotKnown() throws IOException {
        judge(BlobKind.RUNTIME_STUB, "a stub", """
                48 8d a4 c4 80 00 00 00 | rsp+8 u c-8
                31 c0                   | unsupported
                75 fa                   | unsupported
                eb f8                   | unsupported""");
    }

    @Test
    void codeOutsideOfBlobsIsUncovered() throws IOException {
        Listing listing = new Listing("c3 | ");
        try (UnwindTable table = table(view(listing.blob(BlobKind.RUNTIME_STUB, "a stub", 0)))) {
            assertThat(table.ruleAt(Listing.START - 1)).isEqualTo(UnwindRule.UNCOVERED);
            assertThat(table.ruleAt(Listing.START + 1)).isEqualTo(UnwindRule.UNCOVERED);
        }
    }

    @Test
    void decodingAnewCostsTheNewBlobsAlone() throws IOException {
        Listing listing = new Listing("c3 | ");
        StableBlob first = listing.blob(BlobKind.RUNTIME_STUB, "first", 0);
        StableBlob second = new StableBlob(BlobKind.RUNTIME_STUB, "second", Listing.START + 64, new byte[] {0x55}, 0);
        StableCode code = new StableCode();
        code.decode(view(first));
        StableCode.Result result =
                code.decode(new JvmCodeView(List.of(second, first), List.of(), List.of(), SpecialAddresses.NONE));
        assertThat(result.coverage().total().count()).isEqualTo(2);
        assertThat(result.table().ruleAt(Listing.START).cfaText()).isEqualTo("rsp+8");
        assertThat(result.table().ruleAt(Listing.START + 64).cfaText()).isEqualTo("rsp+8");
    }

    private static void judge(BlobKind kind, String name, String text) throws IOException {
        Listing listing = new Listing(text);
        assertThat(listing.of(table(view(listing.blob(kind, name, 0))))).isEqualTo(listing.expected());
    }

    private static JvmCodeView view(StableBlob blob) {
        return new JvmCodeView(List.of(blob), List.of(), List.of(), SpecialAddresses.NONE);
    }

    private static UnwindTable table(JvmCodeView view) throws IOException {
        return new StableCode().decode(view).table();
    }
}
