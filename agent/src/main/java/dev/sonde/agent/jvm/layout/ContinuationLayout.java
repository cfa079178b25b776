package dev.sonde.agent.jvm.layout;

/**
 * How virtual threads' stacks are laid out (runtime/continuationEntry.hpp, classfile/javaClasses.hpp,
 * oops/instanceStackChunkKlass.hpp). VMStructs tells almost nothing of it; libjvm's symbols do, where they are not
 * stripped. Offsets are {@link VmLayout#ABSENT} and addresses {@link VmLayout#ABSENT_ADDRESS} where unknown; before JDK 21
 * all are.
 *
 * @param returnPc address of ContinuationEntry::_return_pc, a pointer
 * @param returnBarrier address of StubRoutines::_cont_returnBarrier, a pointer
 * @param returnBarrierExc address of StubRoutines::_cont_returnBarrierExc, a pointer
 * @param thaw address of StubRoutines::_cont_thaw, a pointer
 * @param ofVirtualThread java_lang_VirtualThread::_continuation_offset: an oop
 * @param tail jdk_internal_vm_Continuation::_tail_offset: an oop, the newest StackChunk
 * @param chunkParent jdk_internal_vm_StackChunk::_parent_offset: an oop
 * @param chunkSize the same of _size_offset: words, an int
 * @param chunkSp the same of _sp_offset: words, an int
 * @param chunkBottom the same of _bottom_offset (JDK 21: _argsize_offset in early builds): words, an int
 * @param chunkPc the same of _pc_offset: a pointer
 * @param chunkStack InstanceStackChunkKlass::_offset_of_stack: where in the chunk its words begin, bytes
 */
public record ContinuationLayout(
        long returnPc,
        long returnBarrier,
        long returnBarrierExc,
        long thaw,
        int ofVirtualThread,
        int tail,
        int chunkParent,
        int chunkSize,
        int chunkSp,
        int chunkBottom,
        int chunkPc,
        int chunkStack) {

    private static final String CHUNK = "_ZN26jdk_internal_vm_StackChunk";

    static ContinuationLayout read(VmStructs s, SymbolValues symbols) throws VmLayoutException {
        long returnPc = s.staticAddressOrAbsent("ContinuationEntry::_return_pc");
        return new ContinuationLayout(
                returnPc != VmLayout.ABSENT_ADDRESS ? returnPc : symbols.address("_ZN17ContinuationEntry10_return_pcE"),
                symbols.address("_ZN12StubRoutines19_cont_returnBarrierE"),
                symbols.address("_ZN12StubRoutines22_cont_returnBarrierExcE"),
                symbols.address("_ZN12StubRoutines10_cont_thawE"),
                symbols.offset("_ZN23java_lang_VirtualThread20_continuation_offsetE"),
                symbols.offset("_ZN28jdk_internal_vm_Continuation12_tail_offsetE"),
                symbols.offset(CHUNK + "14_parent_offsetE"),
                symbols.offset(CHUNK + "12_size_offsetE"),
                symbols.offset(CHUNK + "10_sp_offsetE"),
                symbols.offset(CHUNK + "14_bottom_offsetE"),
                symbols.offset(CHUNK + "10_pc_offsetE"),
                symbols.offset("_ZN23InstanceStackChunkKlass16_offset_of_stackE"));
    }
}
