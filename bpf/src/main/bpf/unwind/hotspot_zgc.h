/*
 * References of ZGC. Each has a colour, which tells whether its object may have been moved since the reference was
 * written, and, with generations, by the collector of which (gc/z/zAddress.hpp). Where it may, there is a forwarding
 * for the piece of the heap if objects are moved out of it at all, with a hash table of those that were
 * (gc/z/zForwardingTable.hpp, zForwarding.inline.hpp).
 *
 * Colours change at safepoints alone, so not while a thread runs Java code. A forwarding goes only once marking has
 * found every reference to what it moved; until then all its entries stay.
 */
#ifndef SONDE_UNWIND_HOTSPOT_ZGC_H
#define SONDE_UNWIND_HOTSPOT_ZGC_H

/* Entries in a row to look at: the table is at most half full. */
#define MAX_FORWARDING_PROBES 32

/* ZForwardingEntry (gc/z/zForwardingEntry.hpp): used, the new offset, the number of the old one. */
#define FORWARDING_USED 1
#define FORWARDING_OFFSET_BITS 45
#define FORWARDING_INDEX_SHIFT 46

/* ZHash::uint32_to_uint32 (gc/z/zHash.inline.hpp). */
static __always_inline __u32 forwarding_hash(__u32 key) {
    key = ~key + (key << 15);
    key ^= key >> 12;
    key += key << 2;
    key ^= key >> 4;
    key *= 2057;
    return key ^ key >> 16;
}

/*
 * The forwarding of the piece of the heap that an address lies in, into state->pair[1]; 0: nothing is moved out of it.
 * A page of the table that was never written to is not there to be read.
 */
static __always_inline void read_forwarding(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 table,
                                            __u64 address) {
    __u64 piece = (address & jvm->oop_offset_mask) >> (jvm->granule_bits & 63);

    if (read_jvm(&state->pair[1], sizeof(__u64), table + piece * sizeof(__u64)))
        state->pair[1] = 0;
}

/*
 * Where the object at the address in state->pair[0] is now, into state->pair[0], by the forwarding in state->pair[1].
 * One that has no entry may be moved at any moment, or be gone, and its place used again.
 */
static __always_inline int follow_forwarding(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 mask = jvm->oop_offset_mask, forwarding = state->pair[1], entries = forwarding + jvm->forwarding_bytes;
    __u64 address = state->pair[0], start, shift, index, at, last;

    if (read_jvm(&state->pair[0], sizeof(__u64), forwarding + jvm->forwarding_start) ||
        read_jvm(&state->pair[1], sizeof(__u64), forwarding + jvm->forwarding_shift))
        return SONDE_OUTCOME_ZGC_CHUNK;
    start = state->pair[0];
    shift = state->pair[1];
    if (read_jvm(&state->pair[1], sizeof(__u64), forwarding + jvm->forwarding_length) || !state->pair[1])
        return SONDE_OUTCOME_ZGC_CHUNK;
    last = state->pair[1] - 1;
    index = ((address & mask) - start) >> (shift & 63);
    at = forwarding_hash((__u32)index);
    for (int i = 0; i < MAX_FORWARDING_PROBES; i++, at++) {
        if (read_jvm(&state->pair[1], sizeof(__u64), entries + (at & last) * sizeof(__u64)))
            return SONDE_OUTCOME_ZGC_CHUNK;
        if (!(state->pair[1] & FORWARDING_USED))
            return SONDE_OUTCOME_ZGC_CHUNK;
        if (state->pair[1] >> FORWARDING_INDEX_SHIFT == index) {
            state->pair[0] = (address & ~mask) | (state->pair[1] >> 1 & ((1ULL << FORWARDING_OFFSET_BITS) - 1));
            return SONDE_OUTCOME_CONTINUES;
        }
    }
    return SONDE_OUTCOME_ZGC_CHUNK;
}

/* The number of one bit of four: 1, 2, 4 or 8. */
static __always_inline __u32 bit_of_four(__u64 bit) {
    return (__u32)((bit >> 1) - (bit >> 3));
}

/*
 * The forwarding, into state->pair[1], that counts for the address in state->pair[0] of a reference that was good for
 * neither generation: ZBarrier::remap_generation (gc/z/zBarrier.inline.hpp). Both remembered bits say that it leads
 * from the old generation into the old one; they are the 8th and 7th below the first of the colours (zAddress.hpp).
 */
static __always_inline void read_either_forwarding(struct unwind_state *state, const struct sonde_jvm *jvm,
                                                   __u64 reference, __u64 lowest_colour) {
    __u64 remembered = lowest_colour >> 8 | lowest_colour >> 7;

    state->pair[1] = 0;
    if ((reference & remembered) != remembered)
        read_forwarding(state, jvm, jvm->young_forwarding, state->pair[0]);
    if (!state->pair[1])
        read_forwarding(state, jvm, jvm->old_forwarding, state->pair[0]);
}

/*
 * Where the object of a bad reference in state->pair[0] is, into state->pair[0]. The address begins behind the colour's
 * bit, whichever of the four it is (zAddress.hpp, ZPointerLoadShift); `shift` is that of the good one. One that is good
 * for a generation may only have been moved by the other's collector.
 */
static __always_inline int find_moved(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 bad, __u64 shift) {
    __u64 good = 1ULL << (shift - 1 & 63), all = bad | good, lowest = all & -all, reference = state->pair[0];
    __u64 colour = reference & all, good_for_old;

    if (!jvm->young_forwarding || !jvm->old_forwarding || !colour || (colour & (colour - 1)) || colour / lowest > 8 ||
        good / lowest > 8)
        return SONDE_OUTCOME_ZGC_CHUNK;
    state->pair[0] >>= (shift - bit_of_four(good / lowest) + bit_of_four(colour / lowest)) & 63;
    if (read_jvm(&state->pair[1], sizeof(__u64), jvm->oop_old_mask))
        return SONDE_OUTCOME_ZGC_CHUNK;
    good_for_old = state->pair[1] & colour;
    if (read_jvm(&state->pair[1], sizeof(__u64), jvm->oop_young_mask))
        return SONDE_OUTCOME_ZGC_CHUNK;
    if (good_for_old)
        read_forwarding(state, jvm, jvm->young_forwarding, state->pair[0]);
    else if (state->pair[1] & colour)
        read_forwarding(state, jvm, jvm->old_forwarding, state->pair[0]);
    else
        read_either_forwarding(state, jvm, reference, lowest);
    return state->pair[1] ? follow_forwarding(state, jvm) : SONDE_OUTCOME_CONTINUES;
}

/*
 * The same of the ZGC without generations (JDK 21 to 23). The colour is part of the address there, and objects are seen
 * at each; a weakly bad one is of before objects were last moved (gc/x/xAddress.inline.hpp, xBarrier.inline.hpp).
 */
static __always_inline int find_moved_without_generations(struct unwind_state *state, const struct sonde_jvm *jvm) {
    int outcome;

    if (!jvm->young_forwarding || read_jvm(&state->pair[1], sizeof(__u64), jvm->oop_weak_bad_mask))
        return SONDE_OUTCOME_ZGC_CHUNK;
    if (state->pair[0] & state->pair[1]) {
        read_forwarding(state, jvm, jvm->young_forwarding, state->pair[0]);
        outcome = state->pair[1] ? follow_forwarding(state, jvm) : SONDE_OUTCOME_CONTINUES;
        if (outcome != SONDE_OUTCOME_CONTINUES)
            return outcome;
    }
    if (read_jvm(&state->pair[1], sizeof(__u64), jvm->oop_good_mask))
        return SONDE_OUTCOME_ZGC_CHUNK;
    state->pair[0] = (state->pair[0] & jvm->oop_offset_mask) | state->pair[1];
    return SONDE_OUTCOME_CONTINUES;
}

/*
 * Turns the coloured reference in state->pair[0] into the address of its object. Not inlined: see find_code().
 */
__noinline int take_colour_off(void) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;
    __u64 bad, shift = 0;

    if (!jvm)
        return SONDE_OUTCOME_ZGC_CHUNK;
    /* Null, in any colour: the colour's bits lie below the address's. */
    if (state->pair[0] < USER_ADDRESS_BEGIN) {
        state->pair[0] = 0;
        return SONDE_OUTCOME_CONTINUES;
    }
    if (!jvm->oop_bad_mask || read_jvm(&bad, sizeof(bad), jvm->oop_bad_mask))
        return SONDE_OUTCOME_ZGC_CHUNK;
    if (jvm->oop_shift_now && read_jvm(&shift, sizeof(shift), jvm->oop_shift_now))
        return SONDE_OUTCOME_ZGC_CHUNK;
    if (state->pair[0] & bad)
        return shift ? find_moved(state, jvm, bad, shift) : find_moved_without_generations(state, jvm);
    /* A word without any colour is no reference. */
    if (shift && !(state->pair[0] >> (shift - 1 & 63) & 1))
        return SONDE_OUTCOME_ZGC_CHUNK;
    state->pair[0] >>= shift & 63;
    return SONDE_OUTCOME_CONTINUES;
}

#endif
