package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;

/**
 * How methods, their constant pools and their names are laid out (oops/method.hpp, constMethod.hpp, constantPool.hpp,
 * symbol.hpp, klass.hpp).
 *
 * @param methodBytes size of Method
 * @param constMethod Method::_constMethod, a pointer
 * @param accessFlags Method::_access_flags: JVM_ACC_NATIVE is 0x100
 * @param interpreterEntry Method::_i2i_entry, a pointer
 * @param code Method::_code, a pointer to its nmethod or 0
 * @param constMethodBytes size of ConstMethod: the bytecodes stand behind it
 * @param constants ConstMethod::_constants, a pointer
 * @param constMethodWords ConstMethod::_constMethod_size, an int
 * @param codeSize ConstMethod::_code_size, u2, bytes
 * @param flags ConstMethod::_flags
 * @param lineNumbersFlag the bit of flags that says that line numbers stand behind the bytecodes
 * @param nameIndex ConstMethod::_name_index, u2
 * @param signatureIndex ConstMethod::_signature_index, u2
 * @param idnum ConstMethod::_method_idnum, u2
 * @param poolBytes size of ConstantPool: its entries stand behind it, 8 bytes each
 * @param poolLength ConstantPool::_length, an int
 * @param poolHolder ConstantPool::_pool_holder, a pointer to an InstanceKlass
 * @param poolSourceFile ConstantPool::_source_file_name_index, u2, or ABSENT
 * @param klassSourceFile InstanceKlass::_source_file_name_index, u2, in versions that have it there, or ABSENT
 * @param klassConstants InstanceKlass::_constants, a pointer to its ConstantPool
 * @param klassName Klass::_name, a pointer to a Symbol
 * @param symbolLength Symbol's length, u2, bytes
 * @param symbolBody Symbol::_body: modified UTF-8
 */
public record MethodLayout(
        int methodBytes,
        int constMethod,
        IntField accessFlags,
        int interpreterEntry,
        int code,
        int constMethodBytes,
        int constants,
        int constMethodWords,
        int codeSize,
        IntField flags,
        int lineNumbersFlag,
        int nameIndex,
        int signatureIndex,
        int idnum,
        int poolBytes,
        int poolLength,
        int poolHolder,
        int poolSourceFile,
        int klassSourceFile,
        int klassConstants,
        int klassName,
        int symbolLength,
        int symbolBody) {

    /** Up to JDK 12 the length is the upper half of a 32-bit field that it shares with the reference count. */
    private static final int UPPER_HALF = 2;

    static MethodLayout read(VmStructs s) throws VmLayoutException {
        String lineNumbers = s.constantIfKnown("ConstMethodFlags::_misc_has_linenumber_table")
                        .isPresent()
                ? "ConstMethodFlags::_misc_has_linenumber_table"
                : "ConstMethod::_has_linenumber_table";
        boolean poolSource = s.has("ConstantPool::_source_file_name_index");
        return new MethodLayout(
                s.size("Method"),
                s.offset("Method::_constMethod"),
                s.integer("Method::_access_flags"),
                s.offset("Method::_i2i_entry"),
                s.offset("Method::_code"),
                s.size("ConstMethod"),
                s.offset("ConstMethod::_constants"),
                s.offset("ConstMethod::_constMethod_size"),
                s.offset("ConstMethod::_code_size"),
                s.integer("ConstMethod::_flags", "ConstMethod::_flags._flags"),
                (int) s.constant(lineNumbers),
                s.offset("ConstMethod::_name_index"),
                s.offset("ConstMethod::_signature_index"),
                s.offset("ConstMethod::_method_idnum"),
                s.size("ConstantPool"),
                s.offset("ConstantPool::_length"),
                s.offset("ConstantPool::_pool_holder"),
                poolSource ? s.offset("ConstantPool::_source_file_name_index") : VmLayout.ABSENT,
                poolSource ? VmLayout.ABSENT : s.offset("InstanceKlass::_source_file_name_index"),
                s.offset("InstanceKlass::_constants"),
                s.offset("Klass::_name"),
                s.has("Symbol::_length")
                        ? s.offset("Symbol::_length")
                        : s.offset("Symbol::_length_and_refcount") + UPPER_HALF,
                s.offset("Symbol::_body"));
    }
}
