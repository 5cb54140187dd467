"""Asks each row one question at a time before any load: a fast wrong answer must not be measured."""
import socket

import keys

REQUEST = (
    "POST {path} HTTP/1.1\r\nhost: agent.example\r\nx-request-id: probe\r\nx-forwarded-for: 203.0.113.7\r\n"
    "x-postern-client-addr: 203.0.113.7\r\n{credential}content-length: 0\r\nconnection: close\r\n\r\n"
)
INVOKE, DRAIN = "/envoy/invoke?x=1", "/envoy/drain"


class WrongAnswer(Exception):
    pass


def ask(port: int, path: str, header: str | None) -> tuple[int, dict[str, str], int]:
    """Status, headers by lower-case name, and the size of the answer in bytes, as one that keeps its connection has."""
    credential = f"{header}\r\n" if header else ""
    answer = _answer(port, REQUEST.format(path=path, credential=credential).encode())
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    if len(head[0].split()) < 2:
        raise WrongAnswer(f"no HTTP answer on {path}: {answer[:80]!r}")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    closing = len("connection: close\r\n") if headers.get("connection", "").lower() == "close" else 0
    return int(head[0].split()[1]), headers, len(answer) - closing


def is_ready(admin: int) -> bool:
    """What /readyz of a Postern says; not ready is also one that does not listen there yet."""
    try:
        return status(admin, b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n") == 200
    except ConnectionError:
        return False


def status(port: int, request: bytes) -> int:
    """Of a request given as bytes; 0 when the answer is no HTTP."""
    words = _answer(port, request).split(b" ", 2)
    return int(words[1]) if len(words) == 3 and words[1].isdigit() else 0


def _answer(port: int, request: bytes) -> bytes:
    """Until its length is reached: not every server closes when asked to."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        while (whole := _whole_length(answer)) is None or len(answer) < whole:
            piece = connection.recv(65536)
            if not piece:
                break
            answer += piece
    return answer


def _whole_length(answer: bytes) -> int | None:
    head, end, _ = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if end and line.lower().startswith(b"content-length:"):
            return len(head) + 4 + int(line[15:])
    return None  # chunked or unfinished: read until closed


def _expect(row: str, what: str, seen: object, wanted: object) -> None:
    if seen != wanted:
        raise WrongAnswer(f"{row}: {what} is {seen!r}, expected {wanted!r}")


def static(row: str, port: int) -> int:
    """A row that only answers 200. Returns the answer's size."""
    status, _, size = ask(port, INVOKE, keys.LOAD[0].header)
    _expect(row, "the status", status, 200)
    return size


def shared(row: str, port: int, cast: keys.Cast = keys.cast()) -> int:
    """A row that decides, by a bucket all share and nobody can drain. Returns the size of an allow."""
    for what, header, wanted in [
        ("no credential", None, 401), ("an unknown credential", cast.unknown, 401),
        ("a role without the permission", cast.forbidden, 403),
    ]:
        _expect(row, f"the status for {what}", ask(port, INVOKE, header)[0], wanted)
    for index in (0, len(cast.load) - 1):
        status, headers, size = ask(port, INVOKE, cast.load[index])
        _expect(row, f"the status for {keys.LOAD[index].id}", status, 200)
        _expect(row, "X-Auth-User-Id", headers.get("x-auth-user-id"), keys.LOAD[index].id)
        _expect(row, "X-RateLimit-Remaining is sent", "x-ratelimit-remaining" in headers, True)
        _expect(row, "RateLimit-Policy is sent", "ratelimit-policy" in headers, True)
    return size


def gate(row: str, port: int, cast: keys.Cast = keys.cast()) -> int:
    """A row that decides: 401, 403, 429 and 200 with identity and limit. Returns the size of an allow."""
    for what, path, header, wanted in [
        ("no credential", INVOKE, None, 401),
        ("an unknown credential", INVOKE, cast.unknown, 401),
        ("a role without the permission", INVOKE, cast.forbidden, 403),
        ("a full bucket drained", DRAIN, cast.drained, 200),
        ("an empty bucket", INVOKE, cast.drained, 429),
    ]:
        status, headers, _ = ask(port, path, header)
        _expect(row, f"the status for {what}", status, wanted)
        if status == 429:
            _expect(row, "Retry-After on 429", headers.get("retry-after"), "1")
    for index in (0, len(cast.load) - 1):
        key = keys.LOAD[index]
        status, headers, size = ask(port, INVOKE, cast.load[index])
        _expect(row, f"the status for {key.id}", status, 200)
        _expect(row, "X-Auth-User-Id", headers.get("x-auth-user-id"), key.id)
        _expect(row, "X-RateLimit-Remaining", headers.get("x-ratelimit-remaining"), str(keys.BURST - 1))
        _expect(row, "RateLimit names what remains", f"r={keys.BURST - 1}" in headers.get("ratelimit", ""), True)
        _expect(row, "RateLimit-Policy is sent", "ratelimit-policy" in headers, True)
    return size
