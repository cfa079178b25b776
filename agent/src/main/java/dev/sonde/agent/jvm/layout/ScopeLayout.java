package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;

/**
 * Where an nmethod keeps what its instructions stand for: PcDescs, the compressed ScopeDescs, the methods and classes
 * that they name (code/pcDesc.hpp, code/scopeDesc.cpp, code/compressedStream.cpp).
 *
 * @param immutableData nmethod::_immutable_data, the pointer that scopesPcs and scopesData count from, or ABSENT: then
 *     they count from the blob
 * @param immutableDataSize nmethod::_immutable_data_size, bytes, or ABSENT
 * @param scopesPcs nmethod::_scopes_pcs_offset, where the PcDescs begin
 * @param scopesPcsEnd nmethod::_dependencies_offset, where they end in old versions; ABSENT: they end where scopesData
 *     begins
 * @param scopesData nmethod::_scopes_data_offset, an int, or CompiledMethod::_scopes_data_begin, a pointer
 * @param scopesDataPointer whether it is that pointer
 * @param metadata where the Metadata* begin
 * @param pcDescBytes size of PcDesc
 * @param pcOffset PcDesc::_pc_offset, an int from the code's start
 * @param scopeDecodeOffset PcDesc::_scope_decode_offset, an int from the start of the scopes' data
 * @param excludesZero whether the numbers are written without zero bytes (utilities/unsigned5.hpp, JDK 20 and later)
 * @param invocationBci InvocationEntryBci, which stored bcis are more than
 */
public record ScopeLayout(
        int immutableData,
        int immutableDataSize,
        int scopesPcs,
        int scopesPcsEnd,
        int scopesData,
        boolean scopesDataPointer,
        MetadataPlace metadata,
        int pcDescBytes,
        int pcOffset,
        int scopeDecodeOffset,
        boolean excludesZero,
        int invocationBci) {

    /** JDK 20 took the zero byte out of the encoding, which no table tells (JDK-8292758). */
    private static final int FIRST_WITHOUT_ZERO = 20;

    /** Where the pointers to methods and classes begin: versions moved them twice. */
    public enum MetadataFrom {
        /** nmethod::_metadata_offset from the blob's start (up to JDK 22). */
        BLOB,
        /** nmethod::_metadata_offset from the blob's data (JDK 23 and 24). */
        DATA,
        /** Behind the relocations in the blob's mutable data (JDK 25). */
        MUTABLE_DATA
    }

    /**
     * The base and what is added to it.
     *
     * @param offset nmethod::_metadata_offset, or null where none is added
     */
    public record MetadataPlace(MetadataFrom from, IntField offset) {}

    static ScopeLayout read(VmStructs s, int jdk) throws VmLayoutException {
        boolean immutable = s.has("nmethod::_immutable_data");
        boolean pointer = s.has("CompiledMethod::_scopes_data_begin");
        return new ScopeLayout(
                immutable ? s.offset("nmethod::_immutable_data") : VmLayout.ABSENT,
                immutable ? s.offset("nmethod::_immutable_data_size") : VmLayout.ABSENT,
                s.offset("nmethod::_scopes_pcs_offset"),
                immutable ? VmLayout.ABSENT : s.offset("nmethod::_dependencies_offset"),
                s.offset(pointer ? "CompiledMethod::_scopes_data_begin" : "nmethod::_scopes_data_offset"),
                pointer,
                metadata(s, immutable),
                s.size("PcDesc"),
                s.offset("PcDesc::_pc_offset"),
                s.offset("PcDesc::_scope_decode_offset"),
                jdk >= FIRST_WITHOUT_ZERO,
                (int) s.constant("InvocationEntryBci"));
    }

    private static MetadataPlace metadata(VmStructs s, boolean immutable) throws VmLayoutException {
        if (s.has("CodeBlob::_mutable_data")) {
            return new MetadataPlace(MetadataFrom.MUTABLE_DATA, null);
        }
        return new MetadataPlace(
                immutable ? MetadataFrom.DATA : MetadataFrom.BLOB, s.integer("nmethod::_metadata_offset"));
    }
}
