/*
 * Much of the C library's shapes of code, again and again, on data that differs from round to round. With an argument
 * only numbers with a fraction are written and read, which is arithmetic in assembly.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NUMBERS 40

static int compare(const void *left, const void *right) {
    return memcmp(left, right, sizeof(int));
}

static unsigned next(unsigned *seed) {
    return *seed = *seed * 1103515245 + 12345;
}

static void sort(unsigned *seed) {
    int numbers[NUMBERS];

    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = next(seed);
    qsort(numbers, NUMBERS, sizeof(int), compare);
    bsearch(&numbers[3], numbers, NUMBERS, sizeof(int), compare);
}

static void format(unsigned *seed) {
    char text[256], word[16];
    int number;

    snprintf(text, sizeof(text), "%s %d %5.2f %lx", "text", next(seed), next(seed) / 7.0, (long)next(seed));
    sscanf(text, "%15s %d", word, &number);
    for (char *save, *token = strtok_r(text, " ", &save); token; token = strtok_r(NULL, " ", &save))
        printf("%zu", strlen(token));
}

static void write_number(unsigned *seed) {
    char text[64];

    snprintf(text, sizeof(text), "%g", next(seed) * 1e250);
    printf("%f", pow(strtod(text, NULL), 0.01));
}

static void copy(unsigned *seed) {
    size_t bytes = next(seed) % 5000 + 1;
    char *from = malloc(bytes), *to = calloc(1, bytes);

    memset(from, 'a', bytes);
    memcpy(to, from, bytes);
    memmove(to + 1, to, bytes - 1);
    to = realloc(to, 2 * bytes);
    if (memchr(to, 0, bytes) || strchr(getenv("PATH"), 'z'))
        puts("found");
    free(from);
    free(to);
}

static jmp_buf landing;

__attribute__((noinline)) static int fall(int depth) {
    char name[32];

    snprintf(name, sizeof(name), "%d", depth);
    if (depth == 0)
        longjmp(landing, name[0]);
    return fall(depth - 1) + name[0];
}

__attribute__((noinline)) static int weigh(const char *left, const char *right) {
    return strspn(left, "0123456789") > strspn(right, "abcdef") ? *left - *right : *right - *left;
}

/* Left by a tail call. */
static int compare_backwards(const void *left, const void *right) {
    return weigh(right, left);
}

/* Out of some frames at once. */
static void jump(unsigned *seed) {
    char text[32];

    if (setjmp(landing) == 0)
        fall(next(seed) % 9);
    snprintf(text, sizeof(text), "%u", next(seed));
    qsort(text, strlen(text), 1, compare_backwards);
}

static void ask_time(void) {
    struct timespec now;
    struct tm parts;
    char text[64];

    clock_gettime(CLOCK_MONOTONIC, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(text, sizeof(text), "%c", &parts);
}

int main(int count, char **arguments) {
    unsigned seed = 1;

    (void)arguments;
    setlocale(LC_ALL, "C");
    for (int round = 0; round < 1000; round++) {
        if (count > 1) {
            write_number(&seed);
            continue;
        }
        jump(&seed);
        sort(&seed);
        format(&seed);
        copy(&seed);
        ask_time();
    }
    return 0;
}
