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
    others: float  # cores that everything else on the machine kept busy meanwhile
    calls: float = 0.0  # of a script in Redis, per request


def cpu_seconds(pid: int) -> float:
    """utime + stime of all threads, proc(5) fields 14 and 15; the clock's grain is 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def busy_seconds() -> float:
    """What all processes of the machine have used, and what its host took away (steal)."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


def _used(server: int, redis: int | None) -> tuple[float, float, float, float]:
    times = os.times()
    behind = 0.0 if redis is None else cpu_seconds(redis)
    return cpu_seconds(server), behind, times.children_user + times.children_system, busy_seconds()


def script_calls(redis_port: int) -> int:
    """EVALSHA since Redis started, by its own count."""
    done = subprocess.run(
        ["redis-cli", "-p", str(redis_port), "info", "commandstats"], check=True, capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if line.startswith("cmdstat_evalsha:")]
    return int(found[0].partition("calls=")[2].partition(",")[0]) if found else 0


def run(
    port: int, seconds: int, credentials: Path, server: int, redis: int | None = None, redis_port: int | None = None,
    connections: int = CONNECTIONS,
) -> Run:
    """`credentials`: the file for wrk. `server` and `redis` are pids; without a Redis its time and calls are 0."""
    calls_before = script_calls(redis_port) if redis_port else 0
    before = _used(server, redis)
    found = _wrk(port, seconds, credentials, connections)
    spent = [after - start for after, start in zip(_used(server, redis), before)]
    if found["refused"] or found["broken"] or not found["requests"]:
        kinds = ", ".join(f"{kind} {found[kind]}" for kind in ("connect", "read", "write", "timeout"))
        raise LoadFailed(f"{found['requests']} answers, {found['refused']} refused; {found['broken']} broken ({kinds})")
    count = found["requests"]
    server_us, redis_us, wrk_us = (part * 1e6 / count for part in spent[:3])
    return Run(
        count, count * 1e6 / found["duration_us"], found["p50_us"], found["p99_us"], server_us, redis_us, wrk_us,
        max(0.0, (spent[3] - sum(spent[:3])) / seconds),
        (script_calls(redis_port) - calls_before) / count if redis_port else 0.0)


def _wrk(port: int, seconds: int, credentials: Path, connections: int) -> dict:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}/"]
    done = subprocess.run(command + ["--", str(credentials)], capture_output=True, text=True, timeout=seconds + 30)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise LoadFailed(f"wrk failed ({done.returncode}): {done.stdout}{done.stderr}")
    return json.loads(lines[-1])
