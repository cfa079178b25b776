package load;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** C's qsort with a comparison in Java: down to C and up again. */
final class Upcalls implements Work {

    private static final int NUMBERS = 64;

    private final MethodHandle qsort;
    private final MemorySegment comparison;
    private final MemorySegment numbers;

    Upcalls() throws ReflectiveOperationException {
        Linker linker = Linker.nativeLinker();
        var element = ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_INT);
        qsort = linker.downcallHandle(
                linker.defaultLookup().find("qsort").orElseThrow(),
                FunctionDescriptor.ofVoid(
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        MethodHandle compare = MethodHandles.lookup()
                .findStatic(
                        Upcalls.class,
                        "compare",
                        MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
        comparison = linker.upcallStub(
                compare, FunctionDescriptor.of(ValueLayout.JAVA_INT, element, element), Arena.global());
        numbers = Arena.global().allocate(ValueLayout.JAVA_INT, NUMBERS);
    }

    @Override
    public long run(int turn) {
        for (int i = 0; i < NUMBERS; i++) {
            numbers.setAtIndex(ValueLayout.JAVA_INT, i, (i * 7919 + turn) % 211);
        }
        sort();
        return numbers.getAtIndex(ValueLayout.JAVA_INT, 0);
    }

    private void sort() {
        try {
            qsort.invokeExact(numbers, (long) NUMBERS, 4L, comparison);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static int compare(MemorySegment a, MemorySegment b) {
        return Integer.compare(a.get(ValueLayout.JAVA_INT, 0), b.get(ValueLayout.JAVA_INT, 0));
    }
}
