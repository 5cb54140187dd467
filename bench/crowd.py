"""Clients of many Posterns at once: asks by a timetable, not when the last answer came, and notes every answer's times."""
import collections
import select
import socket
import time
from dataclasses import dataclass, field
from typing import Iterable, Iterator

CONNECTIONS = 4  # to each process
WAITING_MAX = 200  # questions that wait for a free connection to one process; more are not asked at all


@dataclass
class Answers:
    """`admitted`: by key, when each check was asked and answered, on time.monotonic()."""
    asked: int = 0
    dropped: int = 0  # of the timetable, because every connection was busy for too long
    statuses: collections.Counter = field(default_factory=collections.Counter)
    admitted: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: collections.defaultdict(list))
    refused: list[tuple[float, int]] = field(default_factory=list)  # when, and which key


class _Connection:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.key, self.asked = 0, 0.0

    def ask(self, key: int, request: bytes) -> None:
        self.key, self.asked = key, time.monotonic()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """Of a whole answer; None while some of it is missing."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("a Postern closed a connection")
        self.buffer += piece
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return None
        self.buffer = body[length:]
        return int(head[9:12])


class Crowd:
    """`requests`: what a client sends for each key."""

    def __init__(self, ports: list[int], requests: list[bytes]):
        self._requests = requests
        self._free = [[_Connection(port) for _ in range(CONNECTIONS)] for port in ports]
        self._waiting: list[collections.deque[int]] = [collections.deque() for _ in ports]
        self._poll = select.epoll()
        self._owners: dict[int, tuple[int, _Connection]] = {}
        for process, connections in enumerate(self._free):
            for connection in connections:
                self._owners[connection.socket.fileno()] = (process, connection)
                self._poll.register(connection.socket.fileno(), select.EPOLLIN)

    def ask(self, timetable: Iterable[tuple[float, int, int]]) -> Answers:
        """`timetable`: seconds from now, process and key, in order of time. Returns when all are answered."""
        answers, begun = Answers(), time.monotonic()
        due: Iterator[tuple[float, int, int]] = iter(timetable)
        following = next(due, None)
        outstanding = 0
        while following or outstanding:
            now = time.monotonic() - begun
            while following and following[0] <= now:
                _, process, key = following
                following = next(due, None)
                if len(self._waiting[process]) >= WAITING_MAX:
                    answers.dropped += 1
                    continue
                outstanding += 1
                self._waiting[process].append(key)
                self._send(process)
            wait = max(0.0, following[0] - (time.monotonic() - begun)) if following else 1.0
            for descriptor, _ in self._poll.poll(min(wait, 1.0)):
                outstanding -= self._receive(descriptor, answers)
        return answers

    def _send(self, process: int) -> None:
        while self._waiting[process] and self._free[process]:
            key = self._waiting[process].popleft()
            self._free[process].pop().ask(key, self._requests[key])

    def _receive(self, descriptor: int, answers: Answers) -> int:
        process, connection = self._owners[descriptor]
        status = connection.status()
        if status is None:
            return 0
        now = time.monotonic()
        answers.asked += 1
        answers.statuses[status] += 1
        if status == 200:
            answers.admitted[connection.key].append((connection.asked, now))
        else:
            answers.refused.append((now, connection.key))
        self._free[process].append(connection)
        self._send(process)
        return 1
