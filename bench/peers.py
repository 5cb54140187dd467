"""The rows of the table: how each server is started, which pid does its work, and what it must answer."""
import string
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import keys
import probe
import requirements
from processes import Processes, free_port, only_child_of

HERE = Path(__file__).resolve().parent
NIOHTTP1 = HERE.parent / ".build-niohttp1" / "release" / "niohttp1"
TEMPLATE = HERE / "postern.yaml.template"
FLOOR, STATIC, LUA = "floor", "nginx return 200", "nginx + Lua"
MEMORY, LEASED, EXACT = "Postern memory", "Postern leased", "Postern exact"
# A bucket for each subject, as the peer has it. For leases one that all share, at the conditions of limits.md 34: demand
# below 0.8 of the rate, and a lease that lives 100 ms or longer.
EACH = f"{{name: subject, per: subject, rate: {keys.RATE_COUNT}/hour, burst: {keys.BURST}}}"
SHARED = "{name: subject, per: global, rate: 400000/second, burst: 800000, precision: leased}"


@dataclass(frozen=True)
class Row:
    name: str
    port: int
    pid: int
    verify: Callable[[str, int], int]
    admin: int | None = None  # the port of Postern's metrics


class Template(string.Template):
    """Marks places by $(name): neither nginx's own $variables nor YAML's ${…} are touched."""
    pattern = r"\$(?:(?P<escaped>(?!))|\((?P<named>[a-z_]+)\)|(?P<braced>(?!))|(?P<invalid>(?!)))"


def start_redis(processes: Processes) -> tuple[int, int]:
    """One Redis for all rows, emptied before each run. Nothing is saved. Returns its port and pid."""
    port = free_port()
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
    command = ["redis-server"] + [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return port, processes.start("redis", command, port)


def start(names: list[str], processes: Processes, folder: Path, redis_port: int) -> list[Row]:
    rows: list[Row] = []
    if FLOOR in names:
        rows.append(_floor(processes, folder))
    if STATIC in names or LUA in names:
        rows += [row for row in _nginx(processes, folder, redis_port) if row.name in names]
    if MEMORY in names:
        rows.append(postern(MEMORY, "memory", processes, folder, redis_port))
    if LEASED in names:
        rows.append(postern(LEASED, "redis", processes, folder, redis_port, limit=SHARED, verify=probe.shared))
    if EXACT in names:
        rows.append(postern(EXACT, "redis", processes, folder, redis_port))
    return rows


def compile_floor(folder: Path) -> Path:
    program = folder / "floor"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, HERE / "floor" / "floor.c"], check=True)
    return program


def _floor(processes: Processes, folder: Path) -> Row:
    program, port = compile_floor(folder), free_port()
    return Row(FLOOR, port, processes.start("floor", [str(program), str(port)], port), probe.static)


def _nginx(processes: Processes, folder: Path, redis_port: int) -> list[Row]:
    prefix = folder / "nginx"
    prefix.mkdir()
    keys.write_for_lua(prefix / "keys.tsv")
    static_port, lua_port = free_port(), free_port()
    fill(HERE / "nginx" / "nginx.conf.template", prefix / "nginx.conf", {
        "modules": requirements.NGINX_MODULES, "lua": HERE / "nginx", "keys": prefix / "keys.tsv",
        "scripts": requirements.SCRIPTS, "redis_port": redis_port, "static_port": static_port, "lua_port": lua_port,
        "burst": keys.BURST, "rate_count": keys.RATE_COUNT, "rate_period_us": keys.RATE_PERIOD_US})
    command = [requirements.nginx(), "-p", str(prefix), "-c", "nginx.conf", "-e", "stderr"]
    worker = only_child_of(processes.start("nginx", command, lua_port))
    return [Row(STATIC, static_port, worker, probe.static), Row(LUA, lua_port, worker, probe.gate)]


def postern(
    name: str, backend: str, processes: Processes, folder: Path, redis_port: int,
    template: Path = TEMPLATE, mode: str = "api_key", provider: str | None = None,
    verify: Callable[[str, int], int] = probe.gate, limit: str = EACH, socket: Path | None = None,
) -> Row:
    """Postern with one worker. `provider` is the section of `auth` that the mode needs; by default the listed keys.
    `limit` is one limit, or several with "\\n  - " between. `socket`: it also listens there."""
    port, admin, file = free_port(), free_port(), folder / f"{name.replace(' ', '-')}.yaml"
    fill(template, file, {
        "port": port, "admin_port": admin, "backend": backend, "mode": mode,
        "provider": keys.section() if provider is None else provider,
        "redis_port": redis_port, "burst": keys.BURST, "limit": limit,
        "also": f"  - address: unix:{socket}\n" if socket else ""})
    command = [str(requirements.POSTERN), "serve", "--config", str(file)]
    pid = processes.start(name, command, port)
    processes.wait(name, lambda: probe.is_ready(admin))  # it listens before it has reached Redis, and denies until then
    return Row(name, port, pid, verify, admin)


def start_niohttp1(processes: Processes) -> tuple[int, int]:
    """Returns its pid and port."""
    port = free_port()
    return processes.start("niohttp1", [str(NIOHTTP1), str(port)], port), port


def fill(template: Path, target: Path, values: dict[str, object]) -> None:
    target.write_text(Template(template.read_text()).substitute(values))
