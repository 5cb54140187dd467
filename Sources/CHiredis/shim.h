// Only framing is used from hiredis: the reply reader and the command formatter. The socket is NIO's.
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
