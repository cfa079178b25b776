package dev.sonde.agent.jvm.code;

/**
 * The fields of an nmethod that tell it from every other.
 *
 * @param method its Method*; 0 when it is being freed
 * @param compileId the number of the compilation
 * @param compLevel 1 to 3 compiled by C1, 4 by C2; 0 some native wrappers
 * @param entryBci where it is entered when compiled for on-stack replacement, else -1
 * @param state nmethod::_state: below {@code 0} not installed yet, 0 in use, above not entrant or freed
 * @param verifiedEntry address of the entry that callers of known type take
 * @param deoptHandler the return address of a frame that waits for its deoptimization
 * @param deoptMethodHandleHandler the same behind a method-handle call; 0 where this version has none
 * @param origPcOffset where in such a frame, from sp, the true return address stands, bytes
 */
public record NmethodHeader(
        long method,
        int compileId,
        int compLevel,
        int entryBci,
        int state,
        long verifiedEntry,
        long deoptHandler,
        long deoptMethodHandleHandler,
        int origPcOffset) {

    /** Whether it was compiled for on-stack replacement: entered in the middle of a loop. */
    public boolean isOsr() {
        return entryBci != -1;
    }
}
