package dev.sonde.agent.jvm.layout;

/**
 * How Java threads are listed and laid out (runtime/threadSMR.hpp, javaThread.hpp, osThread.hpp).
 *
 * @param threadsList address of ThreadsSMRSupport::_java_thread_list, a pointer to a ThreadsList; ABSENT_ADDRESS before
 *     JDK 10
 * @param listLength ThreadsList::_length, an int, or ABSENT
 * @param listThreads ThreadsList::_threads, a pointer to pointers to JavaThread, or ABSENT
 * @param firstThread address of Threads::_thread_list, a pointer to the first JavaThread, or ABSENT_ADDRESS
 * @param nextThread JavaThread::_next, or ABSENT
 * @param threadObject JavaThread::_threadObj: an OopHandle (a pointer to an oop), before JDK 17 the oop itself
 * @param threadObjectIsHandle which of them
 * @param virtualThread JavaThread::_vthread, an OopHandle, or ABSENT
 * @param continuationEntry JavaThread::_cont_entry, a pointer, or ABSENT (JDK 21 has it, but tells no one)
 * @param osThread _osthread of JavaThread or Thread, a pointer
 * @param threadId OSThread::_thread_id: the tid
 * @param state JavaThread::_thread_state, an int: 4 native, 6 in the VM, 8 Java, 10 blocked
 * @param lastJavaSp JavaThread::_anchor and in it JavaFrameAnchor::_last_Java_sp
 * @param lastJavaFp the same of _last_Java_fp
 * @param lastJavaPc the same of _last_Java_pc
 * @param current where in libjvm's thread-local storage Thread::_thr_current stands, from libjvm's symbols, or ABSENT
 * @param stackBase JavaThread::_stack_base, the stack's highest address, or ABSENT
 * @param stackSize JavaThread::_stack_size, or ABSENT
 * @param objectName java_lang_Thread::_name_offset, from libjvm's symbols, or ABSENT
 * @param stringValue java_lang_String::_value_offset, the same
 * @param stringCoder java_lang_String::_coder_offset, the same
 */
public record ThreadLayout(
        long threadsList,
        int listLength,
        int listThreads,
        long firstThread,
        int nextThread,
        int threadObject,
        boolean threadObjectIsHandle,
        int virtualThread,
        int continuationEntry,
        int osThread,
        int threadId,
        int state,
        int lastJavaSp,
        int lastJavaFp,
        int lastJavaPc,
        int current,
        int stackBase,
        int stackSize,
        int objectName,
        int stringValue,
        int stringCoder) {

    /** Whether all is known that leads from a JavaThread to the name of the virtual thread that it runs. */
    public boolean tellsVirtualNames() {
        return threadObjectIsHandle
                && virtualThread != VmLayout.ABSENT
                && stackBase != VmLayout.ABSENT
                && stackSize != VmLayout.ABSENT
                && tellsNames();
    }

    /** Whether all is known that leads from a java.lang.Thread to its name. */
    public boolean tellsNames() {
        return objectName != VmLayout.ABSENT && stringValue != VmLayout.ABSENT && stringCoder != VmLayout.ABSENT;
    }

    static ThreadLayout read(VmStructs s, SymbolValues symbols) throws VmLayoutException {
        int anchor = s.offset("JavaThread::_anchor");
        return new ThreadLayout(
                s.staticAddressOrAbsent("ThreadsSMRSupport::_java_thread_list"),
                s.offsetOrAbsent("ThreadsList::_length"),
                s.offsetOrAbsent("ThreadsList::_threads"),
                s.staticAddressOrAbsent("Threads::_thread_list"),
                s.offsetOrAbsent("JavaThread::_next"),
                s.offset("JavaThread::_threadObj"),
                s.typeOf("JavaThread::_threadObj").equals("OopHandle"),
                s.offsetOrAbsent("JavaThread::_vthread"),
                s.offsetOrAbsent("JavaThread::_cont_entry"),
                s.offsetOfFirst("JavaThread::_osthread", "Thread::_osthread"),
                s.offset("OSThread::_thread_id"),
                s.offset("JavaThread::_thread_state"),
                anchor + s.offset("JavaFrameAnchor::_last_Java_sp"),
                anchor + s.offset("JavaFrameAnchor::_last_Java_fp"),
                anchor + s.offset("JavaFrameAnchor::_last_Java_pc"),
                symbols.threadLocal("_ZN6Thread12_thr_currentE"),
                s.offsetOrAbsent("JavaThread::_stack_base"),
                s.offsetOrAbsent("JavaThread::_stack_size"),
                symbols.offset("_ZN16java_lang_Thread12_name_offsetE"),
                symbols.offset("_ZN16java_lang_String13_value_offsetE"),
                symbols.offset("_ZN16java_lang_String13_coder_offsetE"));
    }
}
