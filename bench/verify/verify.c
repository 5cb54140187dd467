/* The bare price of a signature: libcrypto's verify on a kept key, over and over, and nothing else.
 *
 * usage: verify PUBLIC_KEY.pem LINES SECONDS        (a line: what was signed, a space, the signature in hex)
 * prints {"count":…, "bare_us":…, "arithmetic_us":…}: CPU time of this thread per verification, a mean over SECONDS
 *
 * bare        EVP_DigestVerify with a context made and freed each time: what libcrypto's manual shows. The key is kept.
 * arithmetic  EVP_PKEY_verify with a kept context over digests made beforehand: the least that libcrypto can be made to
 *             do. No gate can reach it, because a digest is part of each signature's check. Ed25519 cannot be split.
 *
 * The two take turns, so that a neighbour on the machine slows both.
 */
#define _GNU_SOURCE
#include "key.h"

#include <time.h>

enum { LINES_MAX = 100000, TURN = 200 };

typedef struct {
    unsigned char *message, signature[1024], hash[32];
    size_t message_size, signature_size;
} Signed;

static EVP_PKEY *key;
static const char *digest;
static EVP_PKEY_CTX *kept;
static Signed *lines;
static size_t line_count;

static double cpu_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void bare(const Signed *line) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) != 1 ||
        EVP_DigestVerify(context, line->signature, line->signature_size, line->message, line->message_size) != 1)
        fail("bare: a signature is not good");
    EVP_MD_CTX_free(context);
}

static void arithmetic(const Signed *line) {
    if (EVP_PKEY_verify(kept, line->signature, line->signature_size, line->hash, sizeof line->hash) != 1)
        fail("arithmetic: a signature is not good");
}

static void keep_context(void) {
    EVP_MD *algorithm = EVP_MD_fetch(NULL, digest, NULL);
    kept = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (!algorithm || !kept || EVP_PKEY_verify_init(kept) != 1 || EVP_PKEY_CTX_set_signature_md(kept, algorithm) != 1)
        fail("no context");
}

static void read_lines(const char *path) {
    FILE *file = fopen(path, "r");
    char text[LINE_MAX_BYTES];
    if (!file || !(lines = calloc(LINES_MAX, sizeof *lines))) fail(path);
    while (line_count < LINES_MAX && fgets(text, sizeof text, file)) {
        Signed *line = &lines[line_count++];
        char *space = strchr(text, ' ');
        if (!space) fail("a line without a signature");
        line->message_size = (size_t)(space - text);
        line->message = (unsigned char *)strndup(text, line->message_size);
        for (char *hex = space + 1; line->signature_size < sizeof line->signature; hex += 2)
            if (sscanf(hex, "%2hhx", &line->signature[line->signature_size]) == 1) line->signature_size++;
            else break;
        if (digest && !EVP_Q_digest(NULL, digest, NULL, line->message, line->message_size, line->hash, NULL))
            fail("cannot hash");
    }
    fclose(file);
    if (!line_count) fail("nothing was signed");
}

/* CPU seconds for one turn. Each turn goes on where the last one of its kind ended. */
static double turn(void (*verify)(const Signed *), size_t *next) {
    double start = cpu_seconds();
    for (int index = 0; index < TURN; index++) {
        verify(&lines[*next]);
        *next = (*next + 1) % line_count;
    }
    return cpu_seconds() - start;
}

int main(int count, char **arguments) {
    if (count != 4) fail("usage: verify PUBLIC_KEY.pem LINES SECONDS");
    key = read_key(arguments[1], 0);
    digest = digest_of(key);
    read_lines(arguments[2]);
    if (digest) keep_context();
    double until = cpu_seconds() + atof(arguments[3]), bare_seconds = 0, arithmetic_seconds = 0;
    size_t turns = 0, next_bare = 0, next_arithmetic = 0;
    turn(bare, &next_bare); /* warm-up: an RSA key computes its constants on first use */
    if (digest) turn(arithmetic, &next_arithmetic);
    do {
        bare_seconds += turn(bare, &next_bare);
        if (digest) arithmetic_seconds += turn(arithmetic, &next_arithmetic);
        turns++;
    } while (cpu_seconds() < until);
    double per_verify_us = 1e6 / (double)(turns * TURN);
    printf("{\"count\":%zu,\"bare_us\":%.3f,\"arithmetic_us\":%.3f}\n", turns * TURN, bare_seconds * per_verify_us,
           (digest ? arithmetic_seconds : bare_seconds) * per_verify_us);
    return 0;
}
