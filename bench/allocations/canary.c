/* What the counter must find in a program that is known: a line on its input, ten allocations of five kinds and two sizes,
 * "done" on its output. A counter that misses some, or counts its own, is found out before anything is measured. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *volatile kept;

int main(void) {
    char line;
    if (write(1, "ready\n", 6) != 6 || read(0, &line, 1) != 1) return 1;
    for (int i = 1; i <= 2; i++) {
        void *aligned = NULL;
        kept = malloc(i * 24);
        kept = realloc(kept, i * 4096);
        kept = calloc(i, 24);
        kept = memalign(64, i * 24);
        if (posix_memalign(&aligned, 64, i * 24) != 0) return 1;
        kept = aligned;
    }
    if (write(1, "done\n", 5) != 5 || read(0, &line, 1) != 1) return 1;
    return 0;
}
