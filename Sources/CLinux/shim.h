// The calls of Linux that Swift's Glibc module does not offer. Without _GNU_SOURCE, which would make its types others than
// that module's: what only that declares is called by number.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

// prctl and syscall are variadic, which Swift cannot call.
static inline int postern_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline void postern_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// SOCK_NONBLOCK and SOCK_CLOEXEC are an enum in C, which Swift cannot or together.
static inline int postern_accept(int listener, struct sockaddr_storage *from, socklen_t *length) {
    return (int)syscall(SYS_accept4, listener, from, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int postern_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int postern_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// By number, because glibc's own are points where a thread may be cancelled: where there are several threads, each takes
// two atomic operations to allow that and to forbid it again, for a call that never blocks (ADR 18).
static inline ssize_t postern_recv(int socket, void *room, size_t size) {
    return syscall(SYS_recvfrom, socket, room, size, 0, (void *)0, (void *)0);
}
// A peer that is gone is an error and no signal.
static inline ssize_t postern_send(int socket, const void *bytes, size_t size) {
    return syscall(SYS_sendto, socket, bytes, size, MSG_NOSIGNAL, (void *)0, 0);
}
