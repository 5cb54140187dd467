"""What grows, how it is grown, and what is read off at each size. Each yields rows: a size, and figures by name.

`cpu_us`: processor time of the worker per check, one check at a time, of checks that add nothing. `bytes_each`: the process's
own memory beyond the smallest size's, by what was added. `worst_us`: the most that one check took while the size was reached.
"""
import hashlib
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable, Iterator

import load
import peers
import requirements
from growth.server import Grown, GrowthFailed, nanoseconds
from guard.lockstep import Lockstep
from guard.rows import REQUEST
from processes import Processes

Row = dict[str, float]
# Checks that add nothing, from which `cpu_us` is taken.
STEADY = 20_000
# Nobody's bucket is full again while we look, so none is swept away.
PER_ADDRESS = "limits: [{name: address, per: address, rate: 24/day, burst: 300000}]\n"
OPEN = "auth: {mode: none}\n" + PER_ADDRESS
TOKENS = """auth:
  mode: jwt
  jwt: {{issuer: "https://login.example.com", secret_env: BENCH_JWT_SECRET, algorithms: [HS256],
        audience: "https://agent.example.com", cache: {{entries: {entries}}}}}
"""
# A listed key is some 130 bytes of YAML, and a configuration may have 16 MiB.
LISTED_MAX = 100_000


def buckets(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    text = OPEN + f"memory: {{max_buckets: {2 * sizes[-1]}}}\n"
    with Grown("buckets", text, processes, folder) as server:
        yield from _grown(server, "address", sizes)


def tokens(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    # Sets of four: at half of its size, few tokens push each other out.
    text = TOKENS.format(entries=min(1_000_000, 2 * sizes[-1]))
    with Grown("tokens", text, processes, folder) as server:
        yield from _grown(server, "token", sizes)


def _grown(server: Grown, kind: str, sizes: list[int]) -> Iterator[Row]:
    """One server, fed until each size is reached."""
    task = server.worker()
    done, base, worst = 0, server.own_bytes, 0.0
    for size in sizes:
        found = server.drive(task, kind, done, size - done, size - done)
        if found["refused"]:
            raise GrowthFailed(f"{found['refused']} of {size - done} {kind} checks were refused")
        worst, done, own = max(worst, found["worst_ns"] / 1000), size, server.own_bytes
        steady = server.drive(task, kind, max(0, done - STEADY), min(STEADY, size), STEADY)
        yield {"size": size, "cpu_us": steady["p50_ns"] / 1000, "adding_us": found["mean_ns"] / 1000, "worst_us": worst,
               "own_mb": own / 1e6, "bytes_each": max(0, own - base) / size}


def listed_keys(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    """`auth.api_keys.keys`, in the configuration file."""
    def text(size: int) -> str:
        entries = "".join(f"      - {{id: c{index}, sha256: {_digest(index)}, roles: [user]}}\n" for index in range(size))
        return f"auth:\n  mode: api_key\n  roles: [{{name: user, permissions: [invoke]}}]\n  api_keys:\n    keys:\n{entries}"
    yield from _keys("listed", [size for size in sizes if size <= LISTED_MAX], text, processes, folder)


def stored_keys(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    """`auth.api_keys.store: file:…`, where this build has one."""
    known = subprocess.run([requirements.POSTERN, "--help"], capture_output=True, text=True).stdout
    if not any(line.split()[:1] == ["keys"] for line in known.splitlines()):
        return
    def text(size: int) -> str:
        path = folder / f"{size}.keys"
        with path.open("w") as file:
            path.chmod(0o600)
            file.writelines(_record(index) for index in range(size))
        return f'auth:\n  mode: api_key\n  roles: [{{name: user, permissions: [invoke]}}]\n  api_keys: {{store: "file:{path}"}}\n'
    for size, row in zip(sizes, _keys("stored", sizes, text, processes, folder, _stirred)):
        (folder / f"{size}.keys").unlink()
        yield row


def _record(index: int) -> str:
    now = int(time.time())
    version = {"sha256": _digest(index), "created_at": now}
    record = {"id": f"c{index}", "revision": 1, "roles": ["user"], "created_at": now, "keys": [version]}
    return json.dumps(record, separators=(",", ":")) + "\n"


def _stirred(server: Grown, task: Path, size: int, folder: Path) -> Row:
    """The worst check while other keys are added one by one, and then while the whole file is read anew."""
    path, worst = folder / f"{size}.keys", 0.0
    with server.driving(task, "key", 0, size, 5 * STEADY) as child, path.open("a") as file:
        for index in range(2 * size, 2 * size + 1_000):
            file.write(_record(index))
            file.flush()
            time.sleep(0.001)
        worst = json.loads(child.communicate()[0])["worst_ns"]
    # As long as the reading takes, and more.
    with server.driving(task, "key", 0, size, max(5 * STEADY, size // 4)) as child:
        copy = path.with_suffix(".copy")
        shutil.copy(path, copy)
        copy.rename(path)
        found = json.loads(child.communicate()[0])
    if found["refused"]:
        raise GrowthFailed(f"{found['refused']} checks were refused while the keys were read anew")
    return {"worst_us": max(worst, found["worst_ns"]) / 1000}


def _keys(name: str, sizes: list[int], text: Callable[[int], str], processes: Processes, folder: Path,
          more: Callable[[Grown, Path, int, Path], Row] = lambda *_: {}) -> Iterator[Row]:
    """A server of its own for each size; `more` is read off beside the rest."""
    base = None
    for size in sizes:
        with Grown(f"{name}-{size}", text(size), processes, folder) as server:
            own = server.own_bytes
            base = own if base is None else base
            task = server.worker()
            # In turn, so that from one check to the next nothing is warm that would not be in service.
            server.drive(task, "key", 0, size, STEADY)
            found = server.drive(task, "key", 0, size, max(size // 4, STEADY))
            row = {"size": size, "cpu_us": found["p50_ns"] / 1000, "own_mb": own / 1e6,
                   "bytes_each": max(0, own - base) / size, "start_s": server.start_seconds}
            yield row | more(server, task, size, folder)


def routes(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    """The route that matches stands last, behind all the others."""
    base = None
    for size in sizes:
        others = "".join(f"  - {{path: /tool-{n}/*/invoke, methods: [POST]}}\n" for n in range(size - 1))
        text = OPEN + f"routes:\n{others}  - {{path: /invoke, methods: [POST]}}\n"
        with Grown(f"routes-{size}", text, processes, folder) as server:
            own = server.own_bytes
            base = own if base is None else base
            task = server.worker()
            found = server.drive(task, "address", 0, 1, STEADY)
            yield {"size": size, "cpu_us": found["p50_ns"] / 1000, "own_mb": own / 1e6,
                   "bytes_each": max(0, own - base) / size, "start_s": server.start_seconds}


def connections(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    """All of them ask, then all are read: as many checks at once as there are connections."""
    request = REQUEST.format(number=1, credential="x-nothing: 1").encode()
    for size in sizes:
        with Grown(f"connections-{size}", OPEN, processes, folder) as server:
            task, base = server.worker(), server.own_bytes
            with Lockstep(server.port, [request], 200, size) as all_:
                all_.ask(4 * size)
                before, checks = nanoseconds(task), max(STEADY // size, 4) * size
                all_.ask(checks)
                yield {"size": size, "cpu_us": (nanoseconds(task) - before) / checks / 1000,
                       "own_mb": server.own_bytes / 1e6,
                       "bytes_each": max(0, server.own_bytes - base) / size}


def replicas(sizes: list[int], processes: Processes, folder: Path) -> Iterator[Row]:
    """So many processes on one Redis share one limit, exact and leased, all asked at once."""
    redis_port, redis_pid = peers.start_redis(processes)
    for size in sizes:
        row: Row = {"size": size}
        for precision in ("exact", "leased"):
            limit = f"{{name: {precision}{size}, per: global, rate: 400000/second, burst: 800000, precision: {precision}}}"
            text = (f"auth: {{mode: none, rate_limit_backend: redis}}\nlimits: [{limit}]\n"
                    f'redis: {{url: "redis://127.0.0.1:{redis_port}/0", deadline_ms: 1000, replicas: {size}}}\n')
            servers = [Grown(f"{precision}-{size}-{n}", text, processes, folder) for n in range(size)]
            try:
                row |= _share(servers, precision, folder, redis_port, redis_pid)
            finally:
                for server in servers:
                    server.stop()
        yield row


def _share(servers: list[Grown], precision: str, folder: Path, redis_port: int, redis_pid: int) -> Row:
    tasks, each = [server.worker() for server in servers], STEADY // len(servers) * 2
    before, calls = [nanoseconds(task) for task in tasks], load.script_calls(redis_port)
    redis = nanoseconds(Path(f"/proc/{redis_pid}"))
    drives = [subprocess.Popen(
        [folder / "drive", str(server.port), task, "address", "0", "1", str(each)], stdout=subprocess.PIPE)
        for server, task in zip(servers, tasks)]
    answers = [json.loads(drive.communicate()[0]) for drive in drives]
    checks = sum(answer["checks"] for answer in answers)
    used = sum(nanoseconds(task) - start for task, start in zip(tasks, before))
    return {f"{precision}_cpu_us": used / checks / 1000,
            f"{precision}_redis_us": (nanoseconds(Path(f"/proc/{redis_pid}")) - redis) / checks / 1000,
            f"{precision}_calls": (load.script_calls(redis_port) - calls) / checks,
            f"{precision}_refused": sum(answer["refused"] for answer in answers) / checks}


def _digest(index: int) -> str:
    text = "pk_" + hashlib.sha256(f"postern bench {index}".encode()).hexdigest()[:40]
    return hashlib.sha256(text.encode()).hexdigest()
