"""Asks one question at a time and waits for its answer, so that counts per check do not depend on who is quick."""
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WrongAnswer(Exception):
    pass


class Lockstep:
    """Connections that ask in rounds: all of them write, then all are read. With one, nothing can be batched.

    `held`: the server, which is stopped while they write, so that it finds all questions of a round at once."""

    def __init__(
        self, port: int, requests: list[bytes], status: int, connections: int = 1, held: int | None = None,
        timeout: float = 30,
    ):
        self._held = held
        self._requests, self._next = requests, 0
        self._wanted = f"HTTP/1.1 {status} ".encode()
        self._sockets = [socket.create_connection(("127.0.0.1", port), timeout) for _ in range(connections)]
        for connection in self._sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Lockstep":
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._sockets:
            connection.close()

    def ask(self, checks: int, may_differ: bool = False) -> None:
        """`checks` in all. `may_differ`: a first round may be answered otherwise, as when it empties a bucket."""
        for _ in range(0, checks, len(self._sockets)):
            with _stopped(self._held):
                for connection in self._sockets:
                    connection.sendall(self._requests[self._next])
                    self._next = (self._next + 1) % len(self._requests)
            for connection in self._sockets:
                answer = _answer(connection)
                if not may_differ and not answer.startswith(self._wanted):
                    raise WrongAnswer(f"expected {self._wanted.decode()}and got {answer[:400]!r}")


@contextmanager
def _stopped(server: int | None) -> Iterator[None]:
    if server is None:
        yield
        return
    os.kill(server, signal.SIGSTOP)
    try:
        while Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            pass
        yield
    finally:
        os.kill(server, signal.SIGCONT)


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0 or len(answer) < end + 4 + _content_length(answer[:end]):
        piece = connection.recv(65536)
        if not piece:
            raise WrongAnswer(f"the connection ended after {answer!r}")
        answer += piece
    return answer


def _content_length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    return int(head[place + 17:].partition(b"\r\n")[0]) if place >= 0 else 0
