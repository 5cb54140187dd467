/* Where an HTTP/1.1 answer ends, and its status. Enough for the servers of this bench: Content-Length, or chunks whose
 * last is the last thing sent. It does NOT validate anything. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { UNFINISHED = 0, UNREADABLE = -1 };

struct answer {
    int status;
    int closes; /* the server says it will close the connection */
};

/* Returns the answer's length in bytes, UNFINISHED or UNREADABLE. `bytes` has a NUL at `held`. */
static long answer_end(const char *bytes, size_t held, struct answer *found) {
    const char *stop = memmem(bytes, held, "\r\n\r\n", 4);
    if (stop == NULL) return UNFINISHED;
    if (held < 12 || memcmp(bytes, "HTTP/1.1 ", 9) != 0) return UNREADABLE;
    found->status = atoi(bytes + 9);
    found->closes = 0;
    long head = stop + 4 - bytes, length = -1;
    int chunked = 0;
    for (const char *line = bytes; line < stop;) {
        line = (const char *)memchr(line, '\n', (size_t)(stop + 2 - line)) + 1;
        if (*line != 'c' && *line != 'C' && *line != 't' && *line != 'T') continue;
        if (strncasecmp(line, "content-length:", 15) == 0) length = atol(line + 15);
        else if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0) chunked = 1;
        else if (strncasecmp(line, "connection: close", 17) == 0) found->closes = 1;
    }
    if (chunked) return memcmp(bytes + held - 5, "0\r\n\r\n", 5) == 0 ? (long)held : UNFINISHED;
    if (length < 0) return UNREADABLE;
    return held >= (size_t)(head + length) ? head + length : UNFINISHED;
}
