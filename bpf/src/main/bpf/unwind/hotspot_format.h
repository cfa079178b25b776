/*
 * What user space tells of a JVM: where its code is, and where its structures have what unwinding asks for. All of it
 * is read out of the JVM at hand (gHotSpotVMStructs, its symbols, its code); nothing of a version stands in the
 * unwinder. dev.sonde.agent.kernel.code has the same structures.
 *
 * Code that stays where it is (the interpreter, stubs, runtime blobs, adapters) has a table of the form of a file's
 * (table_format.h), whose places count from sonde_jvm.table_base on. In it UNWIND_CFA_UNCOVERED is code that the table
 * does not speak of: methods, found by the code heap's own map, or what came later. UNWIND_CFA_UNSUPPORTED is code that
 * was looked at and not understood.
 */
#ifndef SONDE_UNWIND_HOTSPOT_FORMAT_H
#define SONDE_UNWIND_HOTSPOT_FORMAT_H

/* Code heaps of a JVM: 3 when the cache is segmented, 1 when not; JVMCI and hot code make it more. */
#define SONDE_CODE_HEAPS 8

/* class CodeHeap (memory/heap.hpp): segments, a byte of `segmap` for each that counts back to its block's first. */
struct sonde_code_heap {
    /* Reserved, whether committed or not. */
    __u64 low;
    __u64 end;
    __u64 segmap;
    __u32 segment_bits;
    __u32 reserved;
};

/* Where a structure has no such field. */
#define SONDE_NO_FIELD 0xffff

/* Bits of sonde_jvm.flags. */
enum sonde_jvm_flag {
    /* blob_kind is a byte; otherwise the pointer to the blob's name. */
    SONDE_JVM_KIND_IS_BYTE = 1,
    /* blob_code is an int32 from the blob's start on; otherwise a pointer. The same of the deoptimisation handlers. */
    SONDE_JVM_CODE_IS_OFFSET = 2,
    SONDE_JVM_DEOPT_IS_OFFSET = 4,
    /* blob_frame_complete has 16 bits; otherwise 32. */
    SONDE_JVM_COMPLETE_IS_SHORT = 8,
    /* References on the heap have 32 bits: oop_base + (reference << oop_shift). */
    SONDE_JVM_NARROW_OOPS = 16,
    /* References on the heap are coloured (ZGC). */
    SONDE_JVM_COLOURED_OOPS = 32,
    /* All that leads to the name of a virtual thread is known. */
    SONDE_JVM_THREADS_NAMED = 64,
};

/* Offsets are in bytes. Addresses that the JVM does not have are 0. */
struct sonde_jvm {
    /* All code heaps lie in here. */
    __u64 code_low;
    __u64 code_end;
    /* The address of the table's place 0. */
    __u64 table_base;
    /* AbstractInterpreter's code. */
    __u64 interpreter_low;
    __u64 interpreter_end;
    /* StubRoutines::_cont_returnBarrier: what a virtual thread's last thawed frame returns to. */
    __u64 return_barrier;
    /* ContinuationEntry::_return_pc: where Continuation.enterSpecial called. */
    __u64 entry_return;
    /* Values of blob_kind: of a method, of a native method's wrapper (the same, where it is a byte), of vtable stubs.
     */
    __u64 kind_method;
    __u64 kind_native;
    __u64 kind_vtable;
    __u64 oop_base;
    /* Where the JVM keeps what of a coloured reference's bits must not be set, and how far its address is shifted; 0:
     * not at all. */
    __u64 oop_bad_mask;
    __u64 oop_shift_now;
    struct sonde_code_heap heaps[SONDE_CODE_HEAPS];
    __u32 heap_count;
    /* enum sonde_jvm_flag */
    __u32 flags;
    __u32 oop_shift;
    /* Thread::_thr_current, the thread's own Thread *: libjvm's number among the modules with thread-local storage, 0
     * where not known, and the offset in libjvm's. */
    __u32 thread_module;
    __u32 thread_offset;
    /* struct HeapBlock: its size, and its byte that says whether it is used. */
    __u16 block_header;
    __u16 block_used;
    /* Bytes of nmethod, and of CodeBlob, to be read of a blob; at most SONDE_BLOB_BYTES. */
    __u16 method_bytes;
    __u16 blob_bytes;
    /* CodeBlob */
    __u16 blob_kind;
    __u16 blob_size;
    __u16 blob_code;
    __u16 blob_frame_size;
    __u16 blob_frame_complete;
    /* nmethod, CompiledMethod */
    __u16 method_method;
    __u16 method_compile_id;
    __u16 method_deopt;
    __u16 method_deopt_mh;
    __u16 method_orig_pc;
    /* Method::_constMethod; ConstMethod::_code_size, sizeof(ConstMethod): bytecodes follow it. */
    __u16 method_const;
    __u16 const_code_size;
    __u16 const_bytes;
    /* Slots of an interpreter's frame, from rbp on. */
    __s16 slot_method;
    __s16 slot_bcp;
    __s16 slot_sender_sp;
    /* JavaThread::_cont_entry, JavaThread::_stack_base; ContinuationEntry::_cont. */
    __u16 thread_entry;
    __u16 thread_stack_base;
    __u16 entry_cont;
    /* jdk.internal.vm.Continuation.tail; jdk.internal.vm.StackChunk's fields, and where its stack begins. */
    __u16 cont_tail;
    __u16 chunk_parent;
    __u16 chunk_size;
    __u16 chunk_sp;
    __u16 chunk_bottom;
    __u16 chunk_pc;
    __u16 chunk_stack;
    /* JavaThread: the size of its stack, the OopHandles of its own Thread and of the one that it runs. */
    __u16 thread_stack_size;
    __u16 thread_object;
    __u16 thread_virtual;
    /* java.lang.Thread.name; java.lang.String's fields; an array of bytes: its length, and where they begin. */
    __u16 object_name;
    __u16 string_value;
    __u16 string_coder;
    __u16 array_length;
    __u16 array_bytes;
    /* The address of SafepointSynchronize::_state. */
    __u64 safepoint_state;
    /* ZGC: the bits of an address that are its offset in the heap; where the forwardings of the young and of the old
     * generation are, by pieces of the heap; where the JVM keeps the colours that are good for each. Without
     * generations all forwardings are the first, and the JVM keeps the colours of what may have been moved, and the
     * good one. */
    __u64 oop_offset_mask;
    __u64 young_forwarding;
    __u64 old_forwarding;
    __u64 oop_young_mask;
    __u64 oop_old_mask;
    __u64 oop_weak_bad_mask;
    __u64 oop_good_mask;
    /* The size of a piece, as a power of two. */
    __u32 granule_bits;
    /* java.lang.VirtualThread.cont. */
    __u16 virtual_cont;
    /* ZForwarding: the offset where its piece begins, the alignment of objects as a power of two, the number of its
     * entries, its size: the entries follow it. */
    __u16 forwarding_start;
    __u16 forwarding_shift;
    __u16 forwarding_length;
    __u16 forwarding_bytes;
    __u16 reserved;
};

/* Its value while all threads that run Java code stand still (runtime/safepoint.hpp, _synchronized). */
#define JVM_SYNCHRONIZED 2

_Static_assert(sizeof(struct sonde_code_heap) == 32, "user space writes 32 bytes");
_Static_assert(sizeof(struct sonde_jvm) == 13 * 8 + 8 * 32 + 5 * 4 + 38 * 2 + 8 + 7 * 8 + 4 + 6 * 2,
               "user space writes these bytes");

#define SONDE_BLOB_BYTES 512

/* Value of the map `jvms`, by process: which one it is, where its code is, and its table. */
struct sonde_jvm_process {
    /* As in struct sonde_sample; and as unwind_state.stack_top, which another program in the process would change. */
    __u64 process_start_nanos;
    __u64 stack_top;
    __u64 code_low;
    __u64 code_end;
    /* As sonde_jvm.return_barrier. */
    __u64 return_barrier;
    struct unwind_layout layout;
    /* The block of the table that holds the struct sonde_jvm. */
    __u32 jvm_block;
    __u32 reserved;
};

_Static_assert(sizeof(struct sonde_jvm_process) == 72, "user space writes 72 bytes");

#endif
