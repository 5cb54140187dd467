/* The load: HTTP/1.1 over kept connections, one question at a time on each, in two ways.
 *
 * Closed loop (no --rate): every connection asks again as soon as it is answered. It finds how much a server can do. Its
 * latencies hide queueing: a stall delays the questions behind it, and they are never counted (coordinated omission).
 *
 * Open loop (--rate): questions fall due by a timetable that no answer can change, at random moments as independent
 * clients ask (exponential gaps, the same seed each time). A question's latency runs from the moment it was DUE, however
 * long it then waited for a free connection or for this program. Questions without an answer at the end are counted.
 *
 * usage: generator --to PORT|/SOCKET --requests FILE [--connections N] [--seconds S] [--warm S] [--rate R] [--expect STATUS]
 * FILE: requests, each after its length in 4 bytes, little-endian; they are asked in order, again and again.
 * Prints `begin` and `end` around the measured time, then one line of JSON. Exit: 0, 1 on failure, 64 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "histogram.h"

enum { IN_MAX = 32 * 1024, EVENTS_MAX = 256, REQUESTS_MAX = 1 << 20, CONNECTIONS_MAX = 1 << 14, BACKLOG_MAX = 1 << 20 };
static const int64_t GRACE_NS = 2000000000; /* after the end of an open loop, for answers that are still due */

struct connection {
    int fd;
    int asking;
    int64_t due; /* when its question was due; in a closed loop, when it was sent */
    size_t held;
    char in[IN_MAX + 1];
};

static struct {
    const char *to, *requests;
    int connections, expect;
    double seconds, warm, rate;
} given = {.connections = 32, .expect = 200, .seconds = 5};

static struct { const char *bytes; uint32_t length; } requests[REQUESTS_MAX];
static size_t request_count, next_request;

static struct connection *connections;
static struct connection **idle; /* a ring of the free ones, so that every connection is used alike */
static size_t idle_head, idle_count;
static int64_t *backlog; /* a ring of due times that found no free connection */
static size_t backlog_head, backlog_count;

static struct histogram latencies, lateness; /* lateness: sent after it was due, though a connection was free */
static uint64_t answered, refused, broken, dropped, unanswered, bytes_in;
static int64_t begin_ns, end_ns; /* of the measured time */
static int poll_fd, outstanding, other_status;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int connect_to(const char *to) {
    int is_unix = to[0] == '/';
    int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0) fail("socket");
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    strncpy(path.sun_path, to, sizeof path.sun_path - 1);
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(to)),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int failed = is_unix ? connect(fd, (struct sockaddr *)&path, sizeof path)
                         : connect(fd, (struct sockaddr *)&port, sizeof port);
    if (failed) fail("connect");
    if (!is_unix) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) fail("fcntl");
    return fd;
}

static void open_connection(struct connection *c) {
    c->fd = connect_to(given.to);
    c->held = 0;
    c->asking = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
}

static void ask(struct connection *c, int64_t due) {
    const char *bytes = requests[next_request].bytes;
    uint32_t length = requests[next_request].length;
    next_request = next_request + 1 == request_count ? 0 : next_request + 1;
    c->due = due;
    c->asking = 1;
    outstanding++;
    if (write(c->fd, bytes, length) != (ssize_t)length) c->held = IN_MAX; /* read as broken by `receive` */
}

static void set_idle(struct connection *c) {
    size_t count = (size_t)given.connections;
    idle[(idle_head + idle_count++) % count] = c;
}

/* What a connection does once it is free: in an open loop what waits longest, in a closed one the next question. */
static void use(struct connection *c, int64_t now) {
    if (given.rate == 0) {
        if (now < end_ns) ask(c, now);
    } else if (backlog_count > 0) {
        int64_t due = backlog[backlog_head];
        backlog_head = (backlog_head + 1) % BACKLOG_MAX;
        backlog_count--;
        ask(c, due);
    } else {
        set_idle(c);
    }
}

static void count_answer(struct connection *c, int status, int64_t now) {
    int is_measured = given.rate == 0 ? now >= begin_ns && now < end_ns : c->due >= begin_ns && c->due < end_ns;
    if (now >= begin_ns && now < end_ns) answered++; /* what the servers' CPU time of the window was spent on */
    if (!is_measured) return; /* what a warm-up is answered is its own affair: buckets fill, others run dry */
    if (status != given.expect) {
        refused++;
        other_status = status;
    } else {
        record(&latencies, now - c->due);
    }
}

static void receive(struct connection *c) {
    ssize_t got = c->held >= IN_MAX ? 0 : read(c->fd, c->in + c->held, IN_MAX - c->held);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    int64_t now = now_ns();
    int was_asking = c->asking;
    struct answer found = {0};
    long end = UNREADABLE;
    if (got > 0) {
        bytes_in += (uint64_t)got;
        c->held += (size_t)got;
        c->in[c->held] = 0;
        end = answer_end(c->in, c->held, &found);
        if (end == UNFINISHED) return;
    }
    c->asking = 0;
    if (was_asking) outstanding--;
    if (end == UNREADABLE || (size_t)end != c->held || !was_asking || found.closes) {
        if (end > 0 && was_asking) count_answer(c, found.status, now);
        else broken += (uint64_t)was_asking; /* a connection that idled and was closed is only opened again */
        close(c->fd);
        if (broken > 1000) return;
        open_connection(c);
        if (was_asking) use(c, now);
        return;
    }
    c->held = 0;
    count_answer(c, found.status, now);
    use(c, now);
}

static uint64_t random_state = 0x9E3779B97F4A7C15;

/* Exponential with mean 1: the gap between questions of many clients that know nothing of each other. */
static double gap(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return -log(((double)(random_state >> 11) + 1) / 9007199254740993.0);
}

/* Everything that is due by `now`. Returns when the next question is. */
static int64_t send_due(int64_t next, int64_t now) {
    while (next <= now && next < end_ns) {
        if (idle_count > 0) {
            struct connection *c = idle[idle_head];
            idle_head = (idle_head + 1) % (size_t)given.connections;
            idle_count--;
            if (next >= begin_ns) record(&lateness, now - next);
            ask(c, next);
        } else if (backlog_count < BACKLOG_MAX) {
            backlog[(backlog_head + backlog_count++) % BACKLOG_MAX] = next;
        } else {
            dropped++;
        }
        next += (int64_t)(gap() * 1e9 / given.rate);
    }
    return next;
}

static void run(void) {
    int64_t start = now_ns(), next = start, stop;
    int said_begin = 0, said_end = 0;
    begin_ns = start + (int64_t)(given.warm * 1e9);
    end_ns = begin_ns + (int64_t)(given.seconds * 1e9);
    stop = end_ns + (given.rate == 0 ? 0 : GRACE_NS);
    struct epoll_event events[EVENTS_MAX];
    for (int i = 0; i < given.connections; i++) use(&connections[i], start);
    for (;;) {
        int64_t now = now_ns();
        if (!said_begin && now >= begin_ns) said_begin = puts("begin") >= 0;
        if (!said_end && now >= end_ns) said_end = puts("end") >= 0;
        if (now >= stop || broken > 1000 || (said_end && given.rate != 0 && outstanding == 0 && backlog_count == 0)) break;
        if (given.rate != 0) next = send_due(next, now);
        int64_t until = given.rate != 0 && next < end_ns ? next : said_end ? stop : end_ns;
        if (!said_begin && begin_ns < until) until = begin_ns;
        int64_t wait = until > now ? until - now : 0;
        struct timespec timeout = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
        int ready = epoll_pwait2(poll_fd, events, EVENTS_MAX, &timeout, NULL);
        for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
    }
    if (given.rate != 0) unanswered = (uint64_t)outstanding + backlog_count;
}

static void load_requests(const char *path) {
    int fd = open(path, O_RDONLY);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) < 0) fail(path);
    const char *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (at == MAP_FAILED) fail("mmap");
    for (const char *end = at + about.st_size; at < end && request_count < REQUESTS_MAX; request_count++) {
        memcpy(&requests[request_count].length, at, 4);
        requests[request_count].bytes = at + 4;
        at += 4 + requests[request_count].length;
    }
    if (request_count == 0) fail("no requests");
}

static int parse(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--to")) given.to = value;
        else if (!strcmp(name, "--requests")) given.requests = value;
        else if (!strcmp(name, "--connections")) given.connections = atoi(value);
        else if (!strcmp(name, "--expect")) given.expect = atoi(value);
        else if (!strcmp(name, "--seconds")) given.seconds = atof(value);
        else if (!strcmp(name, "--warm")) given.warm = atof(value);
        else if (!strcmp(name, "--rate")) given.rate = atof(value);
        else return 0;
    }
    return argc % 2 == 1 && given.to && given.requests && given.connections > 0 && given.connections <= CONNECTIONS_MAX;
}

static void report(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    printf("{\"answered\":%lu,\"measured\":%lu,\"seconds\":%.6f,\"p50_us\":%.2f,\"p90_us\":%.2f,\"p99_us\":%.2f,"
           "\"p999_us\":%.2f,\"max_us\":%.2f,\"mean_us\":%.2f,\"late_p99_us\":%.2f,\"refused\":%lu,\"other_status\":%d,"
           "\"broken\":%lu,\"dropped\":%lu,\"unanswered\":%lu,\"bytes\":%lu,\"generator_cpu_us\":%.0f}\n",
           answered, latencies.count, given.seconds, percentile_us(&latencies, 0.5), percentile_us(&latencies, 0.9),
           percentile_us(&latencies, 0.99), percentile_us(&latencies, 0.999), (double)latencies.max / 1e3,
           latencies.count ? (double)latencies.sum / (double)latencies.count / 1e3 : 0, percentile_us(&lateness, 0.99),
           refused, other_status, broken, dropped, unanswered, bytes_in, cpu);
}

int main(int argc, char **argv) {
    if (!parse(argc, argv)) {
        fprintf(stderr, "usage: generator --to PORT|/SOCKET --requests FILE [--connections N] [--seconds S] [--warm S] "
                        "[--rate R] [--expect STATUS]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    prctl(PR_SET_TIMERSLACK, 1UL); /* ns: the default of 50 µs would be most of a latency */
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    load_requests(given.requests);
    size_t count = (size_t)given.connections;
    connections = calloc(count, sizeof *connections);
    idle = calloc(count, sizeof(struct connection *));
    backlog = calloc(BACKLOG_MAX, sizeof *backlog);
    if (!connections || !idle || !backlog) fail("calloc");
    if ((poll_fd = epoll_create1(0)) < 0) fail("epoll_create1");
    for (size_t i = 0; i < count; i++) open_connection(&connections[i]);
    run();
    report();
    return 0;
}
