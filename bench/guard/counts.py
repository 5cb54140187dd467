"""What a check costs in numbers that do not depend on the machine's speed: each by its own tool, each per check."""
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import load
from guard import allocations
from guard.allocations import SharedPage, Symbols
from guard.lockstep import Lockstep
from guard.rows import COUNT, Row
from guard.server import Server


@dataclass(frozen=True)
class Subject:
    """What is counted. `program`: without what debuggers read, which valgrind 3.19 cannot."""
    program: Path
    symbols: Symbols
    library: Path  # counts allocations


@dataclass(frozen=True)
class Place:
    row: Row
    folder: Path
    redis_port: int

    def server(self, subject: Subject, before: list[str] = [], environment: dict[str, str] = {}) -> Server:
        return Server(subject.program, self.row, self.folder, self.redis_port, before, environment)

# Twice round all subjects: tables, caches, pools and connections are what they stay.
WARM = 4 * COUNT
# As proxies keep them: enough that a turn of the loop has several checks.
CONNECTIONS = 32


def subject(built: Path, folder: Path) -> Subject:
    program = folder / "postern"
    subprocess.run(["strip", "--strip-debug", "-o", program, built], check=True)
    return Subject(program, Symbols(program), allocations.compile_counter(folder))


def allocated(subject: Subject, place: Place, checks: int = 10_000) -> tuple[dict[str, float], str]:
    """`allocations`, and of them `ours`, with the stacks that made them; `redis calls`, and with 32 connections `batched`."""
    page, row = SharedPage(subject.library, place.folder / "page"), place.row
    with place.server(subject, environment=page.environment) as server:
        with Lockstep(server.port, row.requests(), row.status) as one:
            one.ask(WARM, may_differ=True)
            before = load.script_calls(place.redis_port)
            page.start()
            one.ask(checks)
            found = page.stop()
            after = load.script_calls(place.redis_port)
        with Lockstep(server.port, row.requests(), row.status, CONNECTIONS, server.pid()) as many:
            many.ask(WARM)
            start = load.script_calls(place.redis_port)
            many.ask(checks)
            batched = load.script_calls(place.redis_port) - start
    owners = allocations.by_owner(found, subject.symbols)
    return {
        "allocations": found.total / checks, "ours": (owners["ours"] + found.lost) / checks,
        "redis calls": (after - before) / checks, "batched redis calls": batched / checks,
    }, allocations.explain(found, subject.symbols)


def syscalls(subject: Subject, place: Place, checks: int = 4_000) -> dict[str, float]:
    """By strace, which sees every thread from the start: a run with more checks, less one with fewer."""
    def total(count: int) -> int:
        report = place.folder / f"{count}.strace"
        _run(subject, place, count, ["strace", "-f", "-c", "-U", "calls,name", "-o", str(report)])
        lines = (line.split() for line in report.read_text().splitlines())
        return sum(int(words[0]) for words in lines if len(words) == 2 and words[0].isdigit() and words[1] != "total")
    return {"syscalls": (total(checks) - total(0)) / checks}


def instructions(subject: Subject, place: Place, checks: int = 1_500) -> dict[str, float]:
    """By callgrind, in user mode, of the whole process: a run with more checks, less one with fewer."""
    def total(count: int) -> int:
        report = place.folder / f"{count}.callgrind"
        _run(subject, place, count, ["valgrind", "--tool=callgrind", f"--callgrind-out-file={report}"])
        found = re.search(r"^(?:totals|summary): (\d+)", report.read_text(errors="replace"), re.MULTILINE)
        return int(found.group(1))
    return {"instructions": (total(checks) - total(0)) / checks}


def _run(subject: Subject, place: Place, checks: int, before: list[str]) -> None:
    subprocess.run(["redis-cli", "-p", str(place.redis_port), "flushall"], check=True, capture_output=True)
    with place.server(subject, before) as server:
        with Lockstep(server.port, place.row.requests(), place.row.status) as one:
            one.ask(WARM, may_differ=True)
            one.ask(checks)
