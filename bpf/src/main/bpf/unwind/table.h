/* From an address to its place in a file's table, and to the rule there. */
#ifndef SONDE_UNWIND_TABLE_H
#define SONDE_UNWIND_TABLE_H

/*
 * Cuts a mapping down to the load segment that has the address's byte of the file, and to nothing where none has it:
 * adjacent segments may be one area of memory, and what holds here may not hold elsewhere in it.
 */
static __always_inline void use_segment(const struct sonde_unwind_file *file, struct code_mapping *mapping,
                                        __u64 address) {
    __u64 start = mapping->start, end = mapping->end;
    __u64 to_file = mapping->file_offset - start;

    mapping->start = mapping->end = address;
#pragma unroll
    for (int i = 0; i < UNWIND_SEGMENTS; i++) {
        if (address + to_file >= file->segments[i].begin && address + to_file < file->segments[i].end) {
            mapping->start = file->segments[i].begin - to_file;
            mapping->end = file->segments[i].end - to_file;
            if (mapping->start < start)
                mapping->start = start;
            if (mapping->end > end)
                mapping->end = end;
            mapping->to_table = to_file + file->segments[i].to_table;
            mapping->state = TABLE_THERE;
        }
    }
}

/* Halvings that leave one of 0 to UNWIND_ROWS_PER_BLOCK. */
#define UNWIND_ROW_BITS 11

/*
 * The rule of the last of the page's rows at or before `offset`: a bisection whose steps are the same for all data.
 * Nothing is known of where it begins, so that the verifier follows it once, not once for each way through it.
 */
static __always_inline __u32 find_row(const struct unwind_block *block, const struct unwind_page *page, __u32 offset) {
    __u32 end = page->first_row + page->rows;
    __u32 next = page->first_row; /* the first row behind the offset */

#pragma unroll
    for (__u32 step = 1 << (UNWIND_ROW_BITS - 1); step; step >>= 1) {
        __u32 last = next + step - 1;

        if (last < end && block->rows[last % UNWIND_ROWS_PER_BLOCK].offset <= offset)
            next += step;
    }
    return next > page->first_row ? block->rows[(next - 1) % UNWIND_ROWS_PER_BLOCK].rule : page->rule;
}

/* Copies the rule that holds at a place of a table to state->rule; without one it is UNWIND_CFA_UNCOVERED. */
static __always_inline void find_rule_in(struct unwind_state *state, const struct unwind_layout *layout, __u64 place) {
    __u32 bits = layout->page_bits & 31;
    __u64 number = place >> bits;
    const struct unwind_block *block;
    struct unwind_page page;
    __u32 found;

    state->rule.cfa = UNWIND_CFA_UNCOVERED;
    state->rule.ip = UNWIND_SAVED_SAME;
    if (number >= layout->pages)
        return;
    block = unwind_block_of(layout->table, layout->index_block + number / UNWIND_PAGES_PER_BLOCK);
    if (!block)
        return;
    page = block->pages[number % UNWIND_PAGES_PER_BLOCK];
    found = page.rule;
    if (page.rows) {
        block = unwind_block_of(layout->table, page.first_row / UNWIND_ROWS_PER_BLOCK);
        if (!block)
            return;
        found = find_row(block, &page, place & ((1ULL << bits) - 1));
    }
    block = unwind_block_of(layout->table, layout->rule_block + found / UNWIND_RULES_PER_BLOCK);
    if (block)
        state->rule = block->rules[found % UNWIND_RULES_PER_BLOCK];
}

/*
 * The rule at a place of the table of the code that was found, or of the JVM's, into state->rule. Not inlined: see
 * find_code().
 */
__noinline int find_rule(__u64 place, bool in_jvm) {
    struct unwind_state *state = unwind_state_here();

    if (state)
        find_rule_in(state, in_jvm ? &state->jvm.layout : &state->found.layout, place);
    return 0;
}

#endif
