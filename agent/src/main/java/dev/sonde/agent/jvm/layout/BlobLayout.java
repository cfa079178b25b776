package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;

/**
 * How a CodeBlob is laid out (code/codeBlob.hpp). Where its code lies is told by pointers in some versions, by offsets
 * from the blob in others.
 *
 * @param bytes size of CodeBlob
 * @param name CodeBlob::_name, a C string; "nmethod" or "native nmethod" for compiled methods
 * @param size CodeBlob::_size: header, code and data together, bytes
 * @param frameSize CodeBlob::_frame_size: words, signed
 * @param frameComplete CodeBlob::_frame_complete_offset: from the code's start, signed; 16 bits wide since JDK 23
 * @param kind CodeBlob::_kind, a number of CodeBlobKind; null before JDK 23, where the name tells it
 * @param codePointers whether code begin and end are pointers
 * @param codeBegin CodeBlob::_code_begin (pointer) or _code_offset (int)
 * @param codeEnd CodeBlob::_code_end (pointer) or _data_offset (int)
 * @param dataOffset CodeBlob::_data_offset: from the blob's start, bytes
 * @param mutableData CodeBlob::_mutable_data, a pointer, or ABSENT
 * @param relocationSize CodeBlob::_relocation_size, bytes, or ABSENT
 * @param nmethodKind CodeBlobKind::Nmethod, or ABSENT
 * @param deoptimizationKind CodeBlobKind::Deoptimization, or ABSENT
 * @param deoptUnpackOffset DeoptimizationBlob::_unpack_offset, or ABSENT
 */
public record BlobLayout(
        int bytes,
        int name,
        int size,
        IntField frameSize,
        IntField frameComplete,
        IntField kind,
        boolean codePointers,
        int codeBegin,
        int codeEnd,
        int dataOffset,
        int mutableData,
        int relocationSize,
        int nmethodKind,
        int deoptimizationKind,
        int deoptUnpackOffset) {

    static BlobLayout read(VmStructs s) throws VmLayoutException {
        boolean pointers = s.has("CodeBlob::_code_begin");
        return new BlobLayout(
                s.size("CodeBlob"),
                s.offset("CodeBlob::_name"),
                s.offset("CodeBlob::_size"),
                s.integer("CodeBlob::_frame_size"),
                s.integer("CodeBlob::_frame_complete_offset"),
                s.has("CodeBlob::_kind") ? s.integer("CodeBlob::_kind") : null,
                pointers,
                s.offset(pointers ? "CodeBlob::_code_begin" : "CodeBlob::_code_offset"),
                s.offset(pointers ? "CodeBlob::_code_end" : "CodeBlob::_data_offset"),
                s.offset("CodeBlob::_data_offset"),
                s.offsetOrAbsent("CodeBlob::_mutable_data"),
                s.offsetOrAbsent("CodeBlob::_relocation_size"),
                (int) s.constantIfKnown("CodeBlobKind::Nmethod").orElse(VmLayout.ABSENT),
                (int) s.constantIfKnown("CodeBlobKind::Deoptimization").orElse(VmLayout.ABSENT),
                s.offsetOrAbsent("DeoptimizationBlob::_unpack_offset"));
    }
}
