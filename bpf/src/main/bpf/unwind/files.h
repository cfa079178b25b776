/*
 * Which file is mapped where, and where its unwind table is: found by walking the process's own memory areas, each
 * time anew, so that a process that has just started, or just loaded a library, is known from its first sample.
 *
 * The areas are the leaves of a tree of ranges (mm_struct.mm_mt, a maple tree; Linux 6.1 and later). It is read without
 * its lock. Nodes are freed by RCU, under which programs run, but an area may be given up and become another at any
 * time: before 6.4 they are freed at once (vm_area_free() in kernel/fork.c), from 6.15 on their slab reuses them. What
 * was read is checked against itself, and read again once when it does not fit: the tree was being changed.
 */
#ifndef SONDE_UNWIND_FILES_H
#define SONDE_UNWIND_FILES_H

/* include/linux/mm.h: not ABI, never changed. */
#define VM_EXEC 0x4

/*
 * An entry is a node when its two low bits are 2 (xa_is_node(), include/linux/xarray.h) and it is no small number. Bits
 * 3 to 6 are the node's type, of which 1 is a leaf (lib/maple_tree.c: mte_node_type(), include/linux/maple_tree.h).
 */
#define MAPLE_ENTRY_NODE 2
#define MAPLE_ENTRY_BITS 3
#define MAPLE_TYPE_SHIFT 3
#define MAPLE_TYPE_MASK 15
#define MAPLE_TYPE_LEAF 1
#define MAPLE_TYPE_RANGE 2
#define MAPLE_TYPE_ARANGE 3
#define MAPLE_NODE_MASK (~255ULL)
#define MAPLE_PIVOTS 15
#define MAPLE_SLOTS 16
#define MAPLE_ARANGE_SLOTS 10

/* Ten children a node at least half full: a process with the most areas (vm.max_map_count, 2^20 seen) has 9 levels. */
#define MAPLE_MAX_DEPTH 10

/* How many children of a node end before `index`. Not a comparison in sight: each would double the verifier's paths. */
static __always_inline __u32 maple_slot(const __u64 pivots[MAPLE_PIVOTS], __u64 index) {
    __u64 slot = 0;

    /* A pivot of zero ends the node; of all bits set, it is the node's own end. Both are no number below `index`. */
#pragma unroll
    for (int i = 0; i < MAPLE_PIVOTS; i++)
        slot += ((pivots[i] - index) >> 63) & ((0 - pivots[i]) >> 63);
    return slot;
}

static __always_inline __u64 maple_child(__u64 node, __u32 type, __u64 pivots[MAPLE_PIVOTS], __u64 index) {
    __u64 parent = 0, child = 0;
    __u32 slot, slots_at;

    if (bpf_probe_read_kernel(pivots, MAPLE_PIVOTS * sizeof(__u64),
                              (void *)(node + bpf_core_field_offset(struct maple_range_64, pivot))))
        return 0;
    slot = maple_slot(pivots, index);
    slots_at = type == MAPLE_TYPE_ARANGE ? bpf_core_field_offset(struct maple_arange_64, slot)
                                         : bpf_core_field_offset(struct maple_range_64, slot);
    if (slot >= (type == MAPLE_TYPE_ARANGE ? MAPLE_ARANGE_SLOTS : MAPLE_SLOTS))
        return 0;
    if (bpf_probe_read_kernel(&child, sizeof(child), (void *)(node + slots_at + slot * sizeof(__u64))))
        return 0;
    /* A node that points to itself as its parent is dead: its content is of before. */
    if (bpf_probe_read_kernel(&parent, sizeof(parent), (void *)node) || parent == node)
        return 0;
    return child;
}

/* The memory area that the tree has for an address, or 0. */
static __always_inline __u64 maple_find(__u64 mm, __u64 pivots[MAPLE_PIVOTS], __u64 address) {
    struct mm_struct *memory = (void *)mm;
    __u64 entry = 0;
    __u32 type;

    if (bpf_core_read(&entry, sizeof(entry), &memory->mm_mt.ma_root))
        return 0;
    for (int depth = 0; depth < MAPLE_MAX_DEPTH; depth++) {
        if (depth == 0 && ((entry & MAPLE_ENTRY_BITS) != MAPLE_ENTRY_NODE || entry <= 4096))
            return 0;
        type = entry >> MAPLE_TYPE_SHIFT & MAPLE_TYPE_MASK;
        entry = maple_child(entry & MAPLE_NODE_MASK, type, pivots, address);
        if (!entry || type <= MAPLE_TYPE_LEAF)
            return entry;
    }
    return 0;
}

/* Reads an area into `mapping`; false when it is not what the tree promised. */
static __always_inline bool read_area(__u64 area, __u64 mm, __u64 address, struct code_mapping *mapping) {
    struct vm_area_struct *vma = (void *)area;
    __u64 offset_pages = 0, owner = 0, start = 0;

    if (bpf_core_read(&mapping->start, sizeof(__u64), &vma->vm_start) ||
        bpf_core_read(&mapping->end, sizeof(__u64), &vma->vm_end) ||
        bpf_core_read(&owner, sizeof(owner), &vma->vm_mm) || owner != mm ||
        bpf_core_read(&mapping->flags, sizeof(__u64), &vma->vm_flags) ||
        bpf_core_read(&offset_pages, sizeof(offset_pages), &vma->vm_pgoff) ||
        bpf_core_read(&mapping->file, sizeof(__u64), &vma->vm_file))
        return false;
    /* Last: whether it was the same area all the while. */
    if (bpf_core_read(&start, sizeof(start), &vma->vm_start) || bpf_core_read(&owner, sizeof(owner), &vma->vm_mm))
        return false;
    mapping->file_offset = offset_pages << PAGE_SHIFT;
    return owner == mm && start == mapping->start && address >= start && address < mapping->end;
}

#define NANOS_PER_SECOND 1000000000LL

static __always_inline __s64 mtime_nanos(struct inode *inode) {
    struct inode___6_10 *until_6_10 = (void *)inode;
    struct inode___6_6 *until_6_6 = (void *)inode;
    struct timespec64 mtime = {};
    __u32 nanos = 0;

    if (bpf_core_field_exists(inode->i_mtime_sec)) {
        bpf_core_read(&mtime.tv_sec, sizeof(mtime.tv_sec), &inode->i_mtime_sec);
        bpf_core_read(&nanos, sizeof(nanos), &inode->i_mtime_nsec);
        mtime.tv_nsec = nanos;
    } else if (bpf_core_field_exists(until_6_10->__i_mtime)) {
        bpf_core_read(&mtime.tv_sec, sizeof(mtime.tv_sec), &until_6_10->__i_mtime.tv_sec);
        bpf_core_read(&mtime.tv_nsec, sizeof(mtime.tv_nsec), &until_6_10->__i_mtime.tv_nsec);
    } else {
        bpf_core_read(&mtime.tv_sec, sizeof(mtime.tv_sec), &until_6_6->i_mtime.tv_sec);
        bpf_core_read(&mtime.tv_nsec, sizeof(mtime.tv_nsec), &until_6_6->i_mtime.tv_nsec);
    }
    return mtime.tv_sec * NANOS_PER_SECOND + mtime.tv_nsec;
}

static __always_inline void read_file_key(__u64 file_address, struct sonde_file_key *key) {
    struct file *file = (void *)file_address;
    struct super_block *block = NULL;
    struct inode *inode = NULL;

    __builtin_memset(key, 0, sizeof(*key));
    bpf_core_read(&inode, sizeof(inode), &file->f_inode);
    bpf_core_read(&key->inode, sizeof(key->inode), &inode->i_ino);
    bpf_core_read(&key->generation, sizeof(key->generation), &inode->i_generation);
    bpf_core_read(&block, sizeof(block), &inode->i_sb);
    bpf_core_read(&key->device, sizeof(key->device), &block->s_dev);
    bpf_core_read(&key->size, sizeof(key->size), &inode->i_size);
    key->mtime_nanos = mtime_nanos(inode);
}

#endif
