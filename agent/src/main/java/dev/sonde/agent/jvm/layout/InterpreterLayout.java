package dev.sonde.agent.jvm.layout;

/**
 * Where the interpreter's code lies and what its frames look like (interpreter/abstractInterpreter.hpp, code/stubs.hpp,
 * runtime/frame_x86.hpp).
 *
 * @param code address of AbstractInterpreter::_code, a pointer to a StubQueue
 * @param stubBuffer StubQueue::_stub_buffer, a pointer to the first InterpreterCodelet
 * @param bufferLimit StubQueue::_buffer_limit, an int, bytes
 * @param codeletBytes size of InterpreterCodelet; its code stands behind it, aligned
 * @param codeletSize InterpreterCodelet::_size, an int: header and code, bytes
 * @param codeletName InterpreterCodelet::_description, a C string
 * @param senderSpSlot frame::interpreter_frame_sender_sp_offset: words from rbp
 * @param lastSpSlot frame::interpreter_frame_last_sp_offset
 * @param callWrapperSlot frame::entry_frame_call_wrapper_offset
 * @param callStubReturn address of StubRoutines::_call_stub_return_address, a pointer
 */
public record InterpreterLayout(
        long code,
        int stubBuffer,
        int bufferLimit,
        int codeletBytes,
        int codeletSize,
        int codeletName,
        int senderSpSlot,
        int lastSpSlot,
        int callWrapperSlot,
        long callStubReturn) {

    /** JDK 8 does not export them; these stand in its cpu/x86/vm/frame_x86.hpp. */
    private static final int SENDER_SP_OF_8 = -1;

    private static final int LAST_SP_OF_8 = -2;
    private static final int CALL_WRAPPER_OF_8 = -6;

    private static int slot(VmStructs s, String constant, int of8) throws VmLayoutException {
        return s.has("CodeCache::_heaps") ? (int) s.constant(constant) : of8;
    }

    static InterpreterLayout read(VmStructs s) throws VmLayoutException {
        return new InterpreterLayout(
                s.staticAddress("AbstractInterpreter::_code"),
                s.offset("StubQueue::_stub_buffer"),
                s.offset("StubQueue::_buffer_limit"),
                s.size("InterpreterCodelet"),
                s.offset("InterpreterCodelet::_size"),
                s.offset("InterpreterCodelet::_description"),
                slot(s, "frame::interpreter_frame_sender_sp_offset", SENDER_SP_OF_8),
                slot(s, "frame::interpreter_frame_last_sp_offset", LAST_SP_OF_8),
                slot(s, "frame::entry_frame_call_wrapper_offset", CALL_WRAPPER_OF_8),
                s.staticAddress("StubRoutines::_call_stub_return_address"));
    }
}
