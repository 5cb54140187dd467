/* Latencies in nanoseconds, log-linear: 128 steps to each power of two, so that no figure is off by more than 0.8 %.
 * A fixed 64 KiB, one increment per answer, nothing allocated. */
#include <stdint.h>

enum { STEPS_LOG2 = 7, STEPS = 1 << STEPS_LOG2, SLOTS = (64 - STEPS_LOG2) * STEPS };

struct histogram {
    uint64_t count, sum, max;
    uint64_t slots[SLOTS];
};

static unsigned slot_of(uint64_t value) {
    if (value < STEPS) return (unsigned)value;
    unsigned shift = 63 - STEPS_LOG2 - (unsigned)__builtin_clzll(value);
    return (shift + 1) * STEPS + (unsigned)(value >> shift) - STEPS;
}

/* The greatest value that falls into a slot: a percentile is never reported lower than it was. */
static uint64_t top_of(unsigned slot) {
    if (slot < STEPS) return slot;
    unsigned shift = slot / STEPS - 1;
    return ((uint64_t)(slot % STEPS + STEPS + 1) << shift) - 1;
}

static void record(struct histogram *h, int64_t value) {
    uint64_t v = value < 0 ? 0 : (uint64_t)value;
    h->count++;
    h->sum += v;
    if (v > h->max) h->max = v;
    h->slots[slot_of(v)]++;
}

/* The value that `share` (0 to 1) of all are at or below, in microseconds; 0 when there are none. */
static double percentile_us(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
    if (wanted >= h->count) return (double)h->max / 1e3;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        seen += h->slots[slot];
        if (seen > wanted) {
            uint64_t top = top_of(slot);
            return (double)(top < h->max ? top : h->max) / 1e3;
        }
    }
    return 0;
}
