/* Shows a Postern one newcomer after another, and says what each cost its worker in CPU time.
 *
 * usage: drive PORT TASK KIND FIRST SPAN COUNT [SECRET]
 *
 * COUNT checks, one at a time on one connection, of the SPAN from FIRST on in turn. KIND says what is new in each: `address` (a client address, and so a bucket),
 * `key` (the API key of that index, as bench/keys.py derives it) or `token` (an HS256 token of its own, under SECRET).
 * TASK is the folder of the worker's thread in /proc: the time it was on a processor, read after each answer, is not
 * stretched by other processes as a clock would be. What the worker does after its answer counts for the next check.
 * Prints one line of JSON; nanoseconds. An answer other than 200 is counted as refused.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX 4096
#define ANSWER_MAX 65536

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int connect_to(int port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&place, sizeof place) != 0) fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return descriptor;
}

/* The first number of schedstat: nanoseconds on a processor. */
static uint64_t on_processor(int schedstat) {
    char text[64];
    ssize_t count = pread(schedstat, text, sizeof text - 1, 0);
    if (count <= 0) fail("schedstat");
    text[count] = 0;
    return strtoull(text, NULL, 10);
}

static size_t base64url(const unsigned char *bytes, size_t count, char *out) {
    size_t length = EVP_EncodeBlock((unsigned char *)out, bytes, count);
    while (length && out[length - 1] == '=') length--;
    for (size_t i = 0; i < length; i++) out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    out[length] = 0;
    return length;
}

static void token(long index, const char *secret, long now, char *out) {
    char claims[512], *end = out + base64url((const unsigned char *)"{\"alg\":\"HS256\"}", 15, out);
    int count = snprintf(claims, sizeof claims,
        "{\"iss\":\"https://login.example.com\",\"aud\":\"https://agent.example.com\",\"sub\":\"client-%ld\",\"exp\":%ld}", index,
        now + 86400);
    *end++ = '.';
    end += base64url((const unsigned char *)claims, count, end);
    unsigned char code[32];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret, strlen(secret), (const unsigned char *)out, end - out, code, &size);
    *end++ = '.';
    base64url(code, size, end);
}

static void key(long index, char *out) {
    char name[64];
    unsigned char digest[32];
    int count = snprintf(name, sizeof name, "postern bench %ld", index);
    SHA256((const unsigned char *)name, count, digest);
    out += sprintf(out, "pk_");
    for (int i = 0; i < 20; i++) out += sprintf(out, "%02x", digest[i]);
}

static int request(const char *kind, long index, const char *secret, long now, char *out) {
    char credential[2048] = "", address[32] = "203.0.113.7";
    if (!strcmp(kind, "address")) {
        snprintf(address, sizeof address, "10.%ld.%ld.%ld", index >> 16 & 255, index >> 8 & 255, index & 255);
    } else if (!strcmp(kind, "key")) {
        strcpy(credential, "x-api-key: ");
        key(index, credential + strlen(credential));
        strcat(credential, "\r\n");
    } else {
        strcpy(credential, "authorization: Bearer ");
        token(index, secret, now, credential + strlen(credential));
        strcat(credential, "\r\n");
    }
    return snprintf(out, REQUEST_MAX,
        "POST /envoy/invoke HTTP/1.1\r\nhost: agent.example\r\nx-postern-client-addr: %s\r\n%scontent-length: 0\r\n\r\n", address,
        credential);
}

/* 1 if the answer is 200. */
static int answer(int descriptor) {
    static char bytes[ANSWER_MAX];
    size_t have = 0;
    for (;;) {
        ssize_t count = read(descriptor, bytes + have, ANSWER_MAX - 1 - have);
        if (count <= 0) fail("read");
        have += count;
        bytes[have] = 0;
        char *end = strstr(bytes, "\r\n\r\n"), *length = strcasestr(bytes, "\r\nContent-Length:");
        if (end && have >= (size_t)(end + 4 - bytes) + (length && length < end ? atoi(length + 17) : 0)) break;
    }
    return !strncmp(bytes, "HTTP/1.1 200", 12);
}

static int compare(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

int main(int count, char **arguments) {
    if (count < 7) return fprintf(stderr, "usage: drive PORT TASK KIND FIRST SPAN COUNT [SECRET]\n"), 64;
    const char *kind = arguments[3], *secret = count > 7 ? arguments[7] : "";
    long first = atol(arguments[4]), span = atol(arguments[5]), checks = atol(arguments[6]), refused = 0, now = time(NULL), at_worst = 0;
    char path[256], text[REQUEST_MAX];
    snprintf(path, sizeof path, "%s/schedstat", arguments[2]);
    int schedstat = open(path, O_RDONLY), descriptor = connect_to(atoi(arguments[1]));
    uint32_t *costs = calloc(checks, sizeof *costs), worst = 0;
    if (schedstat < 0 || !costs) fail("cannot watch the worker");
    uint64_t before = on_processor(schedstat), start = before;
    for (long i = 0; i < checks; i++) {
        int length = request(kind, first + i % span, secret, now, text);
        if (write(descriptor, text, length) != length) fail("write");
        if (!answer(descriptor)) refused++;
        uint64_t after = on_processor(schedstat);
        costs[i] = after - before > UINT32_MAX ? UINT32_MAX : after - before;
        if (costs[i] > worst) worst = costs[i], at_worst = i;
        before = after;
    }
    qsort(costs, checks, sizeof *costs, compare);
    printf("{\"checks\":%ld,\"refused\":%ld,\"mean_ns\":%.0f,\"p50_ns\":%u,\"p999_ns\":%u,\"worst_ns\":%u,\"at\":%ld}\n", checks,
        refused, (double)(before - start) / checks, costs[checks / 2], costs[checks - 1 - checks / 1000], worst,
        first + at_worst);
    return 0;
}
