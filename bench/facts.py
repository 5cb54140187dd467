"""What a Postern is before it is asked anything: its file, its memory, and how soon it is ready."""
import os
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import drive
import keys
import peers
import probe
import requirements
from processes import Processes, free_port

GIVE_UP_SECONDS = 10.0
IDLE_SECONDS = 1.0


def is_static(binary: Path) -> bool:
    """Whether Swift's runtime is in the file, as in the shipped image, and not beside it."""
    done = subprocess.run(["ldd", binary], capture_output=True, text=True)
    return "libswiftCore" not in done.stdout


def measure(processes: Processes, folder: Path, redis_port: int, starts: int) -> dict[str, object]:
    binary, stripped = requirements.POSTERN, folder / "stripped"
    subprocess.run(["strip", "-o", stripped, binary], check=True)
    idle = {backend: _idle(backend, processes, folder, redis_port) for backend in ("memory", "redis")}
    ready = [_ready_ms(stripped, folder) for _ in range(starts)]
    return {
        "static": is_static(binary), "binary_mb": stripped.stat().st_size / 1e6,
        "idle_memory_mb": idle["redis"][0], "idle_memory_own_mb": idle["redis"][1],
        "idle_memory_memory_store_mb": idle["memory"][0],
        "ready_ms": statistics.median(ready), "ready_ms_all": ready}


def _one_key() -> str:
    key = keys.LISTED[0]
    return f"  api_keys:\n    keys:\n      - {{id: {key.id}, sha256: {key.sha256}, roles: [{key.role}]}}\n"


def _idle(backend: str, processes: Processes, folder: Path, redis_port: int) -> tuple[float, float]:
    """Megabytes of one worker with one key: resident, and what of that is its own. A second after it became ready, was
    scraped and answered checks, so that what it needs to go on is there again after the start."""
    row = peers.postern(f"idle {backend}", backend, processes, folder, redis_port, provider=_one_key())
    for header, wanted in ((None, 401), (keys.LISTED[0].header, 200)):
        status, _, _ = probe.ask(row.port, probe.INVOKE, header)
        if status != wanted:
            raise probe.WrongAnswer(f"{row.name}: {status} where {wanted} was expected")
    assert row.admin is not None
    probe.status(row.admin, b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n")
    time.sleep(IDLE_SECONDS)
    return drive.memory_mb(row.pid), drive.memory_mb(row.pid, "RssAnon")


def _ready_ms(binary: Path, folder: Path) -> float:
    """From exec to the first 200 of /readyz, asked every half millisecond. The file and its libraries are in memory."""
    port, admin, file = free_port(), free_port(), folder / "ready.yaml"
    peers.fill(peers.TEMPLATE, file, {
        "port": port, "admin_port": admin, "backend": "memory", "mode": "api_key", "provider": _one_key(), "redis_port": 1,
        "burst": keys.BURST, "limit": peers.EACH, "also": ""})
    began = time.monotonic()
    with (folder / "ready.log").open("wb") as log:
        child = subprocess.Popen([binary, "serve", "--config", file], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        while time.monotonic() - began < GIVE_UP_SECONDS:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return (time.monotonic() - began) * 1e3
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.0005)
        raise drive.load.LoadFailed(f"not ready in {GIVE_UP_SECONDS} s: {(folder / 'ready.log').read_text()}")
    finally:
        os.kill(child.pid, signal.SIGTERM)
        child.wait()
