package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;

/**
 * How an nmethod is laid out beyond its CodeBlob (code/nmethod.hpp; JDK 9 to 22: code/compiledMethod.hpp).
 *
 * @param bytes size of nmethod
 * @param method its Method*; 0 when it is being freed
 * @param compileId nmethod::_compile_id, counts compilations
 * @param compLevel nmethod::_comp_level: 1 to 3 C1, 4 C2; 0 for native wrappers in some versions
 * @param entryBci nmethod::_entry_bci: -1 unless compiled for on-stack replacement
 * @param state nmethod::_state: 0 in use, larger when not entrant or freed
 * @param verifiedEntryPointer nmethod::_verified_entry_point, a pointer, or ABSENT
 * @param verifiedEntryOffset nmethod::_verified_entry_offset, from the code's start; null where it is a pointer
 * @param deoptPointers whether the deoptimization handlers are pointers, else ints from the blob's start
 * @param deoptHandler the return address of a frame that will be deoptimized
 * @param deoptMethodHandleHandler the same after a method-handle call; ABSENT since JDK 26
 * @param origPcOffset nmethod::_orig_pc_offset, an int: where in the frame, from sp, its true pc stands then
 */
public record NmethodLayout(
        int bytes,
        int method,
        int compileId,
        IntField compLevel,
        int entryBci,
        IntField state,
        int verifiedEntryPointer,
        IntField verifiedEntryOffset,
        boolean deoptPointers,
        int deoptHandler,
        int deoptMethodHandleHandler,
        int origPcOffset) {

    static NmethodLayout read(VmStructs s) throws VmLayoutException {
        boolean offsets = s.has("nmethod::_verified_entry_offset");
        boolean deoptPointers = !s.has("nmethod::_deopt_handler_offset");
        return new NmethodLayout(
                s.size("nmethod"),
                s.offsetOfFirst("nmethod::_method", "CompiledMethod::_method"),
                s.offset("nmethod::_compile_id"),
                s.integer("nmethod::_comp_level"),
                s.offset("nmethod::_entry_bci"),
                s.integer("nmethod::_state"),
                offsets ? VmLayout.ABSENT : s.offset("nmethod::_verified_entry_point"),
                offsets ? s.integer("nmethod::_verified_entry_offset") : null,
                deoptPointers && s.has("CompiledMethod::_deopt_handler_begin"),
                deoptHandler(s, ""),
                deoptHandler(s, "mh_"),
                s.offset("nmethod::_orig_pc_offset"));
    }

    /** JDK 8 has nmethod::_deoptimize_offset instead, from the blob's start too. */
    private static int deoptHandler(VmStructs s, String which) throws VmLayoutException {
        String old = which.isEmpty() ? "nmethod::_deoptimize_offset" : "nmethod::_deoptimize_mh_offset";
        String pointer = "CompiledMethod::_deopt_" + which + "handler_begin";
        String offset = "nmethod::_deopt_" + which + "handler_offset";
        for (String candidate : new String[] {offset, pointer, old}) {
            if (s.has(candidate)) {
                return s.offset(candidate);
            }
        }
        return which.isEmpty() ? s.offset(offset) : VmLayout.ABSENT;
    }
}
