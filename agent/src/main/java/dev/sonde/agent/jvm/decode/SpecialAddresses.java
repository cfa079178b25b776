package dev.sonde.agent.jvm.decode;

/**
 * Places in stable code that behave as no other does; 0 where one is not there or not known.
 *
 * @param callStubReturn what Java code called from the VM returns to (StubRoutines::_call_stub_return_address)
 * @param catchException where an exception goes that such code does not catch: StubRoutines::_catch_exception_entry
 * @param thaw StubRoutines::_cont_thaw
 * @param returnBarrier StubRoutines::_cont_returnBarrier
 * @param returnBarrierExc StubRoutines::_cont_returnBarrierExc
 */
public record SpecialAddresses(
        long callStubReturn, long catchException, long thaw, long returnBarrier, long returnBarrierExc) {

    /** None is known. */
    public static final SpecialAddresses NONE = new SpecialAddresses(0, 0, 0, 0, 0);

    /** Whether a blob lays virtual threads' frames onto the stack. */
    boolean movesContinuations(StableBlob blob) {
        return isIn(blob, thaw) || isIn(blob, returnBarrier) || isIn(blob, returnBarrierExc);
    }

    private static boolean isIn(StableBlob blob, long address) {
        return address >= blob.start() && address < blob.end();
    }
}
