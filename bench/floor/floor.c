/* The floor: the least an HTTP/1.1 check server can do on this machine.
 *
 * One thread, one epoll loop, keep-alive. It finds the end of each request head and answers with constant bytes
 * of about the size of a real allow. It does NOT parse the request line or headers, look anything up, read
 * bodies, or time anything out: what a gate spends above this figure is the price of its work.
 *
 * usage: floor PORT|/SOCKET  (127.0.0.1 only, or a unix socket; runs until killed)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 8192, HEAD_MAX = 16 * 1024, OUT_MAX = 64 * 1024, EVENTS_MAX = 64 };

/* As long as an allow of ours to Envoy, and with the same headers: identity, what to remove, limits. bench/run says so
 * when the two have drifted apart. */
static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "content-length: 0\r\n"
    "cache-control: no-store\r\n"
    "x-auth-user-id: client-00000\r\n"
    "x-auth-roles: user\r\n"
    "x-auth-permissions: invoke\r\n"
    "x-auth-method: api_key\r\n"
    "x-auth-key-id: client-00000\r\n"
    "x-envoy-auth-headers-to-remove: "
    "x_auth_user_id, x_auth_email, x_auth_name, x_auth_roles, x_auth_permissions, x_auth_scopes, "
    "x_auth_tenant_id, x_auth_method, x_auth_key_id, x_auth_issuer, x_auth_expires, x_auth_assertion, x_postern_ticket, "
    "x-api-key, x_api_key, X-Auth-Email, X-Auth-Name, X-Auth-Scopes, X-Auth-Tenant-Id, X-Auth-Issuer, X-Auth-Expires, "
    "X-Auth-Assertion, X-Postern-Ticket\r\n"
    "ratelimit-policy: \"subject\";q=10000;w=5143\r\n"
    "ratelimit: \"subject\";r=9999;t=1\r\n"
    "x-ratelimit-limit: 10000\r\n"
    "x-ratelimit-remaining: 9999\r\n"
    "x-ratelimit-reset: 1\r\n"
    "\r\n";
enum { ANSWER_LENGTH = sizeof answer - 1 };

struct connection {
    size_t held; /* bytes of an unfinished head, kept from the last read */
    char in[HEAD_MAX];
};

static struct connection *connections[CONNECTIONS_MAX]; /* by file descriptor */
static char out[OUT_MAX];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void drop(int fd) {
    close(fd); /* leaves the epoll set by itself */
    free(connections[fd]);
    connections[fd] = NULL;
}

static void accept_all(int listener, int poll) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) return;
        if (fd >= CONNECTIONS_MAX) {
            close(fd);
            continue;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* refused by a unix socket, which needs none */
        connections[fd] = malloc(sizeof(struct connection));
        if (connections[fd] == NULL) fail("malloc");
        connections[fd]->held = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
    }
}

/* Takes the whole heads of the buffer (a pipelining client gets its answers in one write), as many as `out` has
 * room for, and keeps the rest. Returns the bytes to write, 0 when no whole head is left. */
static size_t answer_heads(struct connection *c) {
    size_t length = 0;
    char *at = c->in, *end = c->in + c->held;
    while (length + ANSWER_LENGTH <= OUT_MAX) {
        char *stop = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
        if (stop == NULL) break;
        memcpy(out + length, answer, ANSWER_LENGTH);
        length += ANSWER_LENGTH;
        at = stop + 4;
    }
    c->held = (size_t)(end - at);
    if (c->held > 0 && at != c->in) memmove(c->in, at, c->held);
    return length;
}

static void serve(int fd) {
    struct connection *c = connections[fd];
    ssize_t got = read(fd, c->in + c->held, HEAD_MAX - c->held);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) { /* closed, or a head larger than the buffer (a read of no room is 0) */
        drop(fd);
        return;
    }
    c->held += (size_t)got;
    size_t length;
    while ((length = answer_heads(c)) > 0) {
        if (write(fd, out, length) == (ssize_t)length) continue;
        drop(fd); /* a client that does not read its answers: the floor keeps no output queue */
        return;
    }
}

static int listen_on(const char *where) {
    int is_unix = where[0] == '/', on = 1;
    int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    strncpy(path.sun_path, where, sizeof path.sun_path - 1);
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(where)),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int failed = is_unix ? bind(fd, (struct sockaddr *)&path, sizeof path)
                         : bind(fd, (struct sockaddr *)&port, sizeof port);
    if (failed) fail("bind");
    if (listen(fd, 1024) < 0) fail("listen");
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: floor PORT|/SOCKET\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on(argv[1]);
    int poll = epoll_create1(0);
    if (poll < 0) fail("epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int ready = epoll_wait(poll, events, EVENTS_MAX, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener, poll);
            else
                serve(events[i].data.fd);
        }
    }
}
