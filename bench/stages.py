"""Where a check's time goes: `perf` looks at a loaded server a thousand times a second; every look is given to a stage.

Symbols name the module they were compiled in; what the optimizer inlined counts for who called it. The kernel is one
stage: nearly all of it is the two socket calls of a check. Nothing is measured where `perf` is not there or not allowed.
"""
import re
import shutil
import subprocess
import threading
from pathlib import Path

import drive
import load

LOOKS_PER_SECOND = 999
# A Swift symbol begins with its module's length and name.
MODULE = re.compile(r"\$s(\d+)(\w+)")
OF_MODULE = {
    "NIOCore": "SwiftNIO", "NIOPosix": "SwiftNIO", "_NIODataStructures": "SwiftNIO", "NIOConcurrencyHelpers": "SwiftNIO",
    "DequeModule": "SwiftNIO", "Sockets": "the event loop", "Bytes": "parsing and writing HTTP", "HTTPWire": "parsing and writing HTTP",
    "Credentials": "credentials", "Policy": "policy and routes", "Limits": "limits", "RedisStore": "the Redis client",
    "Telemetry": "metrics", "Domain": "the pipeline and its words", "Sidecar": "the pipeline and its words"}
# The others, by what the symbol or its file looks like: the first that fits.
LIKE = [
    ("kernel (sockets, wake-ups)", re.compile(r"\[kernel|\[k\]")),
    ("credentials", re.compile(r"libcrypto")),
    ("the Redis client", re.compile(r"hiredis|redisReader|redisFormat|sds")),
    ("Swift runtime (retain, release)", re.compile(r"swift_|_swift|libswift|\$ss|\$sS")),
    ("libc (memory, time)", re.compile(r"libc\.so|libc-|malloc|mem(cpy|move|chr|cmp)|pthread|ld-linux|vdso|\bfree\b")),
    ("SwiftNIO", re.compile(r"CNIO|c_nio")),
]
OTHER = "unnamed"


def stage_of(symbol: str) -> str:
    if found := MODULE.search(symbol):
        module = found.group(2)[:int(found.group(1))]
        if module in OF_MODULE:
            return OF_MODULE[module]
    return next((stage for stage, pattern in LIKE if pattern.search(symbol)), OTHER)


def is_here() -> bool:
    return shutil.which("perf") is not None


def measure(
    cases: list[drive.Case], generator: Path, redis: drive.Redis, folder: Path, seconds: float,
) -> dict[str, dict[str, float]]:
    """By case: the share of its process's time that each stage has; empty where perf is not there."""
    if not is_here():
        return {}
    found = {case.name: _shares(case, generator, redis, folder, seconds) for case in cases}
    return {name: shares for name, shares in found.items() if shares}


def _shares(case: drive.Case, generator: Path, redis: drive.Redis, folder: Path, seconds: float) -> dict[str, float]:
    data, pid = folder / "perf.data", next(iter(case.pids.values()))
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", LOOKS_PER_SECOND, "-p", pid, "-o", data,
               "--", "sleep", seconds]
    watching = threading.Timer(0.5, lambda: subprocess.run([str(word) for word in command], capture_output=True))
    watching.start()
    try:
        drive.run(case, generator, redis, seconds + 1, warm=0.3)
    except load.LoadFailed:
        return {}
    finally:
        watching.join()
    report = subprocess.run(
        ["perf", "report", "--stdio", "-i", str(data), "--no-children", "--sort", "dso,symbol",
         "-F", "sample,dso,symbol", "--no-demangle"],
        capture_output=True, text=True)
    counts: dict[str, int] = {}
    for line in report.stdout.splitlines():
        looks, _, what = line.strip().partition(" ")
        if looks.isdigit():
            stage = stage_of(what)
            counts[stage] = counts.get(stage, 0) + int(looks)
    total = sum(counts.values())
    return {stage: count / total for stage, count in counts.items()} if total else {}
