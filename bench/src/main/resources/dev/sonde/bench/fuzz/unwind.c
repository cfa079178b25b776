/*
 * Damages recorded stacks and unwinds them, under the compiler's sanitizers: registers, words of the stack, tables with
 * their numbers, what is mapped. Whatever the input, a walk ends, reads nothing outside of what it was given, and says
 * the same each time.
 *
 * usage: unwind FIRST_SEED ROUNDS SECONDS SNAPSHOT...
 *
 * Each round has a seed of its own, the first one's successors, until the rounds or the seconds are over. The form of a
 * snapshot: dev.sonde.bench.snapshot.SnapshotFormat. Prints rounds and what became of them; exit code 1 and the seed
 * where something is wrong (the sanitizers print it themselves).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "unwind/host.h"

#define MAX_SNAPSHOTS 32
#define MAX_PARTS 1024
#define MAX_CHANGES 24
#define CHAIN_BYTES (32 << 10)
#define MAX_CODE_BYTES (1 << 20)

/* A piece of the input that may be damaged. */
struct part {
    __u8 *bytes;
    __u64 count;
};

struct snapshot {
    struct sonde_registers *registers;
    struct sonde_host_request request;
    struct part parts[MAX_PARTS];
    __u32 part_count;
};

struct change {
    __u8 *at;
    __u8 before[8];
};

static struct snapshot snapshots[MAX_SNAPSHOTS];
static int snapshot_count;
static struct change changes[MAX_CHANGES];
static int change_count;
static __u64 seed, random_state;
static __u64 outcomes[SONDE_OUTCOMES];

static void fail(const char *what) {
    fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, what);
    exit(1);
}

/* Of exactly so many bytes, so that reading behind them is noticed. */
static void *allocate(__u64 bytes) {
    void *memory = calloc(1, bytes ? bytes : 1);

    if (!memory)
        fail("out of memory");
    return memory;
}

/* splitmix64 */
static __u64 next_random(void) {
    __u64 z = random_state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static __u64 below(__u64 limit) {
    return next_random() % limit;
}

static void take(FILE *in, void *to, size_t bytes) {
    if (fread(to, 1, bytes, in) != bytes)
        fail("snapshot: ends early");
}

static __u64 take_u64(FILE *in) {
    __u64 value;

    take(in, &value, sizeof(value));
    return value;
}

static void add_part(struct snapshot *to, void *bytes, __u64 count) {
    if (to->part_count == MAX_PARTS)
        fail("snapshot: too many parts");
    to->parts[to->part_count++] = (struct part){bytes, count};
}

static struct sonde_host_range take_range(FILE *in, struct snapshot *to) {
    struct sonde_host_range range = {.start = take_u64(in), .bytes = take_u64(in)};
    __u8 padding[8], *content = allocate(range.bytes);

    take(in, content, range.bytes);
    take(in, padding, -range.bytes & 7);
    range.content = content;
    add_part(to, content, range.bytes);
    return range;
}

/* Code full of calls: whoever follows frame pointers looks for one before a return address. */
static struct sonde_host_range make_code(const struct sonde_host_mapping *mapping) {
    struct sonde_host_range range = {.start = mapping->start, .bytes = mapping->end - mapping->start};
    __u8 *content;

    if (range.bytes > MAX_CODE_BYTES)
        range.bytes = MAX_CODE_BYTES;
    content = allocate(range.bytes);
    for (__u64 i = 0; i < range.bytes; i++)
        content[i] = below(4) ? 0xe8 : next_random();
    range.content = content;
    return range;
}

static void take_table(FILE *in, struct snapshot *to, struct sonde_host_table *table) {
    struct unwind_block *blocks;

    take(in, &table->file, sizeof(table->file));
    table->block_count = take_u64(in);
    blocks = allocate(table->block_count * sizeof(*blocks));
    for (__u64 left = take_u64(in); left > 0; left--) {
        __u64 number = take_u64(in);

        if (number >= table->block_count)
            fail("snapshot: a block outside of its table");
        take(in, &blocks[number], sizeof(*blocks));
        add_part(to, &blocks[number], sizeof(*blocks));
    }
    table->blocks = blocks;
    add_part(to, &table->file, sizeof(table->file));
}

/* Behind the addresses; its table is the last. */
static void take_jvm(FILE *in, struct snapshot *to, __u32 addresses) {
    struct sonde_jvm_process *jvm = allocate(sizeof(*jvm));

    while (addresses--)
        take_u64(in);
    if (fread(jvm, sizeof(*jvm), 1, in) == 1) {
        add_part(to, jvm, sizeof(*jvm));
        to->request.jvm = jvm;
    } else {
        free(jvm);
    }
}

static void read_snapshot(const char *path) {
    FILE *in = fopen(path, "rb");
    struct snapshot *to = &snapshots[snapshot_count++];
    struct sonde_host_mapping *mappings;
    struct sonde_host_range *ranges;
    struct sonde_host_table *tables;
    __u32 counts[4];

    if (!in)
        fail(path);
    take(in, counts, sizeof(counts));
    to->request.stack_top = take_u64(in);
    to->registers = allocate(sizeof(*to->registers));
    take(in, to->registers, sizeof(*to->registers));
    mappings = allocate(counts[0] * sizeof(*mappings));
    take(in, mappings, counts[0] * sizeof(*mappings));
    ranges = allocate((counts[0] + counts[1]) * sizeof(*ranges));
    for (__u32 i = 0; i < counts[1]; i++)
        ranges[i] = take_range(in, to);
    for (__u32 i = 0; i < counts[0]; i++) {
        if (mappings[i].executable)
            ranges[counts[1]++] = make_code(&mappings[i]);
    }
    tables = allocate(counts[2] * sizeof(*tables));
    for (__u32 i = 0; i < counts[2]; i++)
        take_table(in, to, &tables[i]);
    take_jvm(in, to, counts[3]);
    fclose(in);
    for (__u32 i = 0; i < counts[0]; i++) /* But not the borders: those who ask see to their order. */
        add_part(to, &mappings[i].file_offset, sizeof(*mappings) - 2 * sizeof(__u64));
    add_part(to, to->registers, sizeof(*to->registers));
    add_part(to, &to->request.stack_top, sizeof(to->request.stack_top));
    to->request.registers = to->registers;
    to->request.mappings = mappings;
    to->request.mapping_count = counts[0];
    to->request.ranges = ranges;
    to->request.range_count = counts[1];
    to->request.tables = tables;
    to->request.table_count = counts[2];
}

/* A stack of frame pointers, in code without a table, deeper than the limit. */
static void make_chain(void) {
    const __u64 code = 0x555500000000, stack = 0x7ffc00000000;
    struct snapshot *to = &snapshots[snapshot_count++];
    struct sonde_host_mapping *mappings = allocate(2 * sizeof(*mappings));
    struct sonde_host_range *ranges = allocate(2 * sizeof(*ranges));
    __u64 *words = allocate(CHAIN_BYTES);

    mappings[0] = (struct sonde_host_mapping){code, code + CHAIN_BYTES, 0, 1, SONDE_HOST_NO_TABLE};
    mappings[1] = (struct sonde_host_mapping){stack, stack + CHAIN_BYTES, 0, 0, SONDE_HOST_NO_TABLE};
    for (__u64 i = 0; i < CHAIN_BYTES / 16; i++) {
        words[2 * i] = stack + 16 * (i + 1);
        words[2 * i + 1] = code + 64 + 8 * i;
    }
    ranges[0] = (struct sonde_host_range){stack, CHAIN_BYTES, words};
    ranges[1] = (struct sonde_host_range){code, CHAIN_BYTES, memset(allocate(CHAIN_BYTES), 0xe8, CHAIN_BYTES)};
    to->registers = allocate(sizeof(*to->registers));
    to->registers->ip = code + 32;
    to->registers->sp = stack;
    to->registers->bp = stack;
    add_part(to, words, CHAIN_BYTES);
    add_part(to, to->registers, sizeof(*to->registers));
    to->request = (struct sonde_host_request){
        .registers = to->registers, .ranges = ranges, .range_count = 2, .mappings = mappings, .mapping_count = 2};
}

/* A number that could mean something: an edge, an address of code or of the stack, a small step from what was there. */
static __u64 telling_number(const struct snapshot *of, __u64 before) {
    static const __u64 edges[] = {0,          1,          7,      8,          0x7f,       0x80,       0xff,
                                  0x7fff,     0x8000,     0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 1ULL << 47,
                                  1ULL << 56, 1ULL << 63, -1ULL,  -8ULL,      -16ULL,     -4096ULL};
    const struct sonde_host_mapping *mapping;
    const struct sonde_host_range *range;

    switch (below(6)) {
    case 0:
        return edges[below(sizeof(edges) / sizeof(edges[0]))];
    case 1:
        mapping = &of->request.mappings[below(of->request.mapping_count)];
        return mapping->start + below(mapping->end - mapping->start);
    case 2:
        range = &of->request.ranges[below(of->request.range_count)];
        return range->start + below(range->bytes + 16) - 8;
    case 3:
        return before + below(65) - 32;
    case 4:
        return of->registers->sp + below(257) - 128;
    default:
        return next_random();
    }
}

static void damage(const struct snapshot *of) {
    static const __u64 widths[] = {1, 1, 2, 4, 8, 8};
    const struct part *part = &of->parts[below(of->part_count)];
    __u64 width = widths[below(sizeof(widths) / sizeof(widths[0]))], at, value = 0;
    struct change *change = &changes[change_count];

    if (part->count < sizeof(change->before))
        return;
    at = below(part->count - sizeof(change->before) + 1);
    if (below(8)) /* Most things are aligned. */
        at &= -width;
    /* Most of a table's block is empty: a place with something in it says more. */
    for (int i = 0; i < 64 && !part->bytes[at] && part->count == sizeof(struct unwind_block); i++)
        at = below(part->count - sizeof(change->before) + 1) & -width;
    change->at = part->bytes + at;
    memcpy(change->before, change->at, sizeof(change->before));
    memcpy(&value, change->at, width);
    value = below(4) ? telling_number(of, value) : value ^ (1ULL << below(8 * width));
    memcpy(change->at, &value, width);
    change_count++;
}

static void mend(void) {
    while (change_count > 0) {
        change_count--;
        memcpy(changes[change_count].at, changes[change_count].before, sizeof(changes[0].before));
    }
}

static void check(const struct snapshot *of, const struct sonde_host_stack *stack) {
    if (stack->outcome >= SONDE_OUTCOMES)
        fail("an outcome that is none");
    if (stack->depth < 1 || stack->depth > SONDE_MAX_USER_FRAMES)
        fail("a depth that is none");
    if (stack->word_count < stack->depth || stack->word_count > SONDE_MAX_USER_WORDS)
        fail("a number of words that is none");
    if (stack->guessed >= SONDE_MAX_USER_FRAMES + 1)
        fail("more frames guessed than there are");
    if (stack->addresses[0] != of->registers->ip)
        fail("the leaf is not where the program stands");
    outcomes[stack->outcome]++;
}

static void run_round(struct sonde_host_stack *first, struct sonde_host_stack *second) {
    const struct snapshot *of;

    random_state = seed;
    of = &snapshots[below(snapshot_count)];
    for (__u64 i = 1 + below(below(4) ? 3 : MAX_CHANGES); i > 0; i--)
        damage(of);
    sonde_host_unwind(&of->request, first);
    check(of, first);
    sonde_host_unwind(&of->request, second);
    if (first->outcome != second->outcome || first->depth != second->depth ||
        memcmp(first->addresses, second->addresses, first->depth * sizeof(first->addresses[0])))
        fail("another stack the second time");
    mend();
}

int main(int count, char **arguments) {
    struct sonde_host_stack *first = allocate(sizeof(*first)), *second = allocate(sizeof(*second));
    __u64 rounds, done = 0;
    time_t end;

    if (count < 5 || count > 3 + MAX_SNAPSHOTS) {
        fprintf(stderr, "usage: unwind FIRST_SEED ROUNDS SECONDS SNAPSHOT...\n");
        return 2;
    }
    seed = strtoull(arguments[1], NULL, 0);
    rounds = strtoull(arguments[2], NULL, 0);
    end = time(NULL) + atol(arguments[3]);
    for (int i = 4; i < count; i++)
        read_snapshot(arguments[i]);
    make_chain();
    for (; done < rounds && (done % 1024 || time(NULL) < end); done++, seed++)
        run_round(first, second);
    printf("rounds %llu\n", (unsigned long long)done);
    for (int i = 0; i < SONDE_OUTCOMES; i++)
        printf("outcome %d %llu\n", i, (unsigned long long)outcomes[i]);
    free(first);
    free(second);
    return 0;
}
