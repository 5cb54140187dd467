/* Counts what a process allocates, and from where, while another watches: LD_PRELOAD this beside a server.
 *
 * The counts lie in a file that both map (ALLOCATIONS_FILE, allocations.h); the watcher turns counting on and off and reads
 * them while the server runs. Every way of glibc to get memory is counted once; free is not, and neither are mmap nor
 * what was allocated before counting. The server is slowed by the walk up the stack, so nothing is timed with this.
 * Built by bench/guard/allocations.py: cc -O2 -fno-omit-frame-pointer -shared -fPIC.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES 16
#define STACKS 1024
#define OBJECTS 64
#define NAME 120

struct stack {
    _Atomic uint64_t hash; /* 0: not in use */
    _Atomic uint64_t count;
    uint64_t frames[FRAMES];
};

/* Where a part of the program lies: frames are addresses, and only this process knows what is where. */
struct object {
    uint64_t base, end;
    char name[NAME];
};

/* bench/guard/allocations.py reads this layout. */
struct page {
    _Atomic uint64_t is_on;
    _Atomic uint64_t allocations;
    _Atomic uint64_t lost; /* allocations whose stack found no room */
    struct object objects[OBJECTS];
    struct stack stacks[STACKS];
};

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static struct page *page;
static __thread int is_inside __attribute__((tls_model("initial-exec")));

static int note_object(struct dl_phdr_info *info, size_t size, void *next) {
    int *index = next;
    if (*index == OBJECTS) return 1;
    struct object *object = &page->objects[(*index)++];
    object->base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uint64_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && end > object->end) object->end = end;
    }
    strncpy(object->name, info->dlpi_name, NAME - 1); /* the program itself has no name */
    (void)size;
    return 0;
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("ALLOCATIONS_FILE");
    if (!path) return;
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, sizeof(struct page)) != 0) abort();
    void *mapped = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) abort();
    close(file);
    void *first[1];
    backtrace(first, 1); /* its own allocations, once and before anything is counted */
    int index = 0;
    page = mapped;
    dl_iterate_phdr(note_object, &index);
}

/* The frames above `note` and the function that called it. */
static void note_stack(void) {
    void *found[FRAMES + 2];
    int count = backtrace(found, FRAMES + 2);
    uint64_t frames[FRAMES] = {0}, hash = 14695981039346656037u;
    for (int i = 2; i < count; i++) {
        frames[i - 2] = (uint64_t)(uintptr_t)found[i];
        hash = (hash ^ frames[i - 2]) * 1099511628211u;
    }
    if (hash == 0) hash = 1;
    for (uint64_t probe = 0; probe < STACKS; probe++) {
        struct stack *stack = &page->stacks[(hash + probe) % STACKS];
        uint64_t empty = 0;
        if (atomic_compare_exchange_strong(&stack->hash, &empty, hash)) memcpy(stack->frames, frames, sizeof frames);
        if (empty == 0 || empty == hash) {
            atomic_fetch_add(&stack->count, 1);
            return;
        }
    }
    atomic_fetch_add(&page->lost, 1);
}

static __attribute__((noinline)) void note(void) {
    if (!page || is_inside || !atomic_load(&page->is_on)) return;
    int saved = errno;
    is_inside = 1;
    atomic_fetch_add(&page->allocations, 1);
    note_stack();
    is_inside = 0;
    errno = saved;
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note();
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note();
    void *found = __libc_memalign(alignment, size);
    if (!found) return ENOMEM;
    *result = found;
    return 0;
}
