"""One run of bench/generator against one case, with what the kernel charged to every process meanwhile."""
import json
import socket
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import load

HERE = Path(__file__).resolve().parent
# What every proxy sends with a check and nobody reads.
HEAD = (
    "POST {path} HTTP/1.1\r\nhost: agent.example\r\nx-request-id: 0b7a9c1e-52f4-4c8e-9a53-{index:012x}\r\n"
    "x-forwarded-for: 203.0.113.7\r\nx-postern-client-addr: 203.0.113.7\r\nx-forwarded-proto: https\r\n"
    "content-type: application/json\r\n{credential}\r\nx-envoy-expected-rq-timeout-ms: 200\r\ncontent-length: {length}\r\n\r\n"
)
CHECK = "/envoy/invoke?x=1"
# Seconds to connect, warm up and drain, beyond those asked for.
SLACK_SECONDS = 30


@dataclass(frozen=True)
class Case:
    """A server in a state, and how it is asked. `to` is a port or the path of a unix socket."""
    name: str
    to: str
    requests: Path
    pids: dict[str, int]  # by role: whose CPU time and memory are reported; the first is the one the table shows
    connections: int = 32
    rate: float = 0  # of an open loop, per second; 0 is a closed loop
    expect: int = 200
    clean: bool = True  # Redis is emptied before the run
    tags: dict[str, object] = field(default_factory=dict)


class Redis:
    """The one Redis below all rows: its pid, and its own counts, read over a connection kept for that."""

    def __init__(self, port: int, pid: int):
        self.port, self.pid = port, pid
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._file = self._connection.makefile("rb")

    def _command(self, line: bytes) -> bytes:
        self._connection.sendall(line + b"\r\n")
        answer = self._file.readline()
        return self._file.read(int(answer[1:]) + 2) if answer.startswith(b"$") else answer

    def empty(self) -> None:
        self._command(b"FLUSHALL")

    def calls(self) -> int:
        """Scripts run since it started."""
        for line in self._command(b"INFO commandstats").split(b"\r\n"):
            if line.startswith(b"cmdstat_evalsha:"):
                return int(line.partition(b"calls=")[2].partition(b",")[0])
        return 0


def compile_generator(folder: Path) -> Path:
    program = folder / "generator"
    source = HERE / "generator" / "generator.c"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source, "-lm"], check=True)
    return program


def write_requests(path: Path, requests: list[bytes]) -> Path:
    with path.open("wb") as out:
        for request in requests:
            out.write(struct.pack("<I", len(request)) + request)
    return path


def checks(headers: list[str], path: str = CHECK) -> list[bytes]:
    """One check for each credential, given as the header it travels in."""
    return [HEAD.format(path=path, index=index, credential=header, length=0).encode()
            for index, header in enumerate(headers)]


def cpu_seconds(pid: int) -> float:
    """Of all threads, from the scheduler's own nanoseconds; from clock ticks of 10 ms where it keeps none."""
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9
    except (FileNotFoundError, IndexError):
        return load.cpu_seconds(pid)


def memory_mb(pid: int, line: str = "VmRSS") -> float:
    """Resident, pages of files included; `RssAnon`: only what no other process can share."""
    for text in Path(f"/proc/{pid}/status").read_text().splitlines():
        if text.startswith(line + ":"):
            return int(text.split()[1]) / 1024
    return 0.0


def _reading(case: Case, redis: Redis, generator: int) -> dict[str, float]:
    used = {role: cpu_seconds(pid) for role, pid in case.pids.items()}
    return used | {"redis": cpu_seconds(redis.pid), "generator": cpu_seconds(generator), "calls": redis.calls(),
                   "busy": load.busy_seconds(), "at": time.monotonic()}


def run(case: Case, generator: Path, redis: Redis, seconds: float, warm: float) -> dict[str, object]:
    """What generator.c prints, and per answer of the measured time: µs of CPU by role, Redis's µs and its calls.
    `others`: cores that everything else on the machine kept busy. Raises LoadFailed when an answer was not `expect`."""
    if case.clean:
        redis.empty()
    command = [generator, "--to", case.to, "--requests", case.requests, "--connections", case.connections,
               "--seconds", seconds, "--warm", warm, "--rate", case.rate, "--expect", case.expect]
    readings, found = [], {}
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            for line in child.stdout:
                if line.startswith("{"):
                    found = json.loads(line)
                else:
                    readings.append(_reading(case, redis, child.pid))
        finally:
            child.kill()
        errors = child.stderr.read()
    if len(readings) != 2 or not found.get("answered"):
        raise load.LoadFailed(f"{case.name}: the generator said {errors or found}")
    if found["refused"] or found["broken"] or found["dropped"]:
        raise load.LoadFailed(f"{case.name}: of {found['answered']} answers {found['refused']} were {found['other_status']}; "
                              f"{found['broken']} connections broke; {found['dropped']} questions were not asked")
    return found | _per_answer(case, found["answered"], *readings)


def _per_answer(case: Case, answered: int, before: dict[str, float], after: dict[str, float]) -> dict[str, object]:
    spent = {name: after[name] - before[name] for name in after}
    ours = sum(spent[role] for role in [*case.pids, "redis", "generator"])
    return {
        "per_second": answered / spent["at"],
        "cpu_us": {role: spent[role] * 1e6 / answered for role in case.pids},
        "redis_us": spent["redis"] * 1e6 / answered, "redis_calls": spent["calls"] / answered,
        "generator_us": spent["generator"] * 1e6 / answered,
        "memory_mb": {role: memory_mb(pid) for role, pid in case.pids.items()},
        "others": max(0.0, (spent["busy"] - ours) / spent["at"]),
    }
