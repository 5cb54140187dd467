"""One run of wrk against one row, with the CPU time the kernel charged to each server meanwhile."""
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
SCRIPT = Path(__file__).parent / "wrk" / "keys.lua"


class LoadFailed(Exception):
    pass


@dataclass(frozen=True)
class Run:
    requests: int
    per_second: float
    p50_us: float
    p99_us: float
    server_us: float  # CPU per request, user + system
    redis_us: float
    wrk_us: float


def cpu_seconds(pid: int) -> float:
    """utime + stime of all threads, proc(5) fields 14 and 15; the clock's grain is 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def run(port: int, seconds: int, keys: Path, server: int, redis: int) -> Run:
    before = cpu_seconds(server), cpu_seconds(redis), os.times().children_user + os.times().children_system
    found = _wrk(port, seconds, keys)
    after = cpu_seconds(server), cpu_seconds(redis), os.times().children_user + os.times().children_system
    if found["refused"] or found["broken"] or not found["requests"]:
        raise LoadFailed(f"{found['requests']} answers, of them {found['refused']} refused; {found['broken']} broken")
    count = found["requests"]
    server_us, redis_us, wrk_us = ((b - a) * 1e6 / count for a, b in zip(before, after))
    return Run(
        count, count * 1e6 / found["duration_us"], found["p50_us"], found["p99_us"], server_us, redis_us, wrk_us)


def _wrk(port: int, seconds: int, keys: Path) -> dict:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}/"]
    done = subprocess.run(command + ["--", str(keys)], capture_output=True, text=True, timeout=seconds + 30)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise LoadFailed(f"wrk failed ({done.returncode}): {done.stdout}{done.stderr}")
    return json.loads(lines[-1])
