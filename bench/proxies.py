"""Real proxies: with their own means (Envoy's filters, Caddy's forward_auth), and in front of an agent without and with
Postern. The agent, and the one whom Caddy asks, is the floor: it costs next to nothing and answers at once."""
import shutil
from pathlib import Path

import drive
import envoy
import keys
import peers
import probe
import requirements
from drive import Case
from processes import Processes, free_port, only_child_of

NGINX_ALONE, NGINX_GATED = "nginx", "nginx + Postern exact"
ENVOY_ALONE, ENVOY_GATED = "Envoy", "Envoy + Postern exact"
# (what, without, with)
PAIRS = [("nginx auth_request", NGINX_ALONE, NGINX_GATED), ("Envoy ext_authz", ENVOY_ALONE, ENVOY_GATED)]
ENVOY_OWN, CADDY = "Envoy, own filters", "Caddy forward_auth"
PATH = "/invoke?x=1"


def envoy_binary() -> Path | None:
    found = sorted((requirements.REPOSITORY / ".venv").glob("lib/python3*/site-packages/envoy/_bin/envoy"))
    return found[0] if found else None


def floor(name: str, processes: Processes, folder: Path) -> tuple[int, int]:
    """A floor of its own, already compiled by peers. Returns its port and pid."""
    port = free_port()
    return port, processes.start(name, [str(folder / "floor"), str(port)], port)


def _envoy(name: str, file: Path, port: int, processes: Processes) -> int:
    command = [str(envoy_binary()), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
    return processes.start(name, command, port)


def _expect(name: str, port: int, header: str | None, wanted: int, path: str = PATH) -> dict[str, str]:
    status, headers, _ = probe.ask(port, path, header)
    if status != wanted:
        raise probe.WrongAnswer(f"{name}: the status for {header} is {status}, expected {wanted}")
    return headers


def envoy_own(processes: Processes, folder: Path, requests: Path) -> Case:
    port = free_port()
    pid = _envoy("envoy-own", envoy.own_filters(folder / "envoy-own.json", port), port, processes)
    _expect(ENVOY_OWN, port, None, 401)
    _expect(ENVOY_OWN, port, f"x-api-key: {keys.UNKNOWN}", 401)
    for expected in (1, 2):  # the second finds the first's bucket: one less is left
        left = _expect(ENVOY_OWN, port, keys.LOAD[0].header, 200).get("x-ratelimit-remaining")
        if left != str(keys.BURST - expected):
            raise probe.WrongAnswer(f"{ENVOY_OWN}: x-ratelimit-remaining is {left}, expected {keys.BURST - expected}")
    return Case(ENVOY_OWN, str(port), requests, {"envoy": pid}, clean=False)


def caddy(processes: Processes, folder: Path, requests: Path) -> Case:
    """Every request is first asked of a static 200, as one would ask a gate. No keys, no limit: Caddy has neither."""
    asked, asked_pid = floor("caddy-asked", processes, folder)
    port, file = free_port(), folder / "Caddyfile"
    file.write_text(f"""{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port}, http://agent.example:{port} {{
    bind 127.0.0.1
    forward_auth 127.0.0.1:{asked} {{
        uri /forward
        copy_headers X-Auth-User-Id
    }}
    respond 200
}}
""")
    command = ["env", "GOMAXPROCS=1", f"HOME={folder}", "caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
    pid = processes.start("caddy", command, port)
    _expect(CADDY, port, keys.LOAD[0].header, 200)
    return Case(CADDY, str(port), requests, {"caddy": pid, "asked": asked_pid}, clean=False)


def before_agent(postern: peers.Row, processes: Processes, folder: Path, requests: Path) -> list[Case]:
    """nginx and Envoy, each alone and with Postern, before the same agent."""
    agent, agent_pid = floor("agent", processes, folder)
    nginx_alone, nginx_gated, envoy_alone, envoy_gated = (free_port() for _ in range(4))
    prefix = folder / "nginx-proxy"
    prefix.mkdir()
    peers.fill(peers.HERE / "proxies" / "nginx.conf.template", prefix / "nginx.conf", {
        "agent_port": agent, "postern_port": postern.port, "alone_port": nginx_alone, "gated_port": nginx_gated})
    nginx = only_child_of(processes.start(
        "nginx-proxy", [requirements.nginx(), "-p", str(prefix), "-c", "nginx.conf", "-e", "stderr"], nginx_gated))
    file = envoy.before_agent(folder / "envoy-proxy.json", envoy_alone, envoy_gated, agent, postern.port)
    envoy_pid = _envoy("envoy-proxy", file, envoy_gated, processes)
    made = []
    for name, port, role, pid in [
        (NGINX_ALONE, nginx_alone, "nginx", nginx), (NGINX_GATED, nginx_gated, "nginx", nginx),
        (ENVOY_ALONE, envoy_alone, "envoy", envoy_pid), (ENVOY_GATED, envoy_gated, "envoy", envoy_pid)]:
        gated = port in (nginx_gated, envoy_gated)
        if gated:
            for header, wanted in [(None, 401), (keys.FORBIDDEN.header, 403), (keys.LOAD[0].header, 200)]:
                _expect(name, port, header, wanted)
        _expect(name, port, keys.LOAD[0].header, 200)
        pids = {role: pid} | ({"postern": postern.pid} if gated else {}) | {"agent": agent_pid}
        made.append(Case(name, str(port), requests, pids))
    return made


def requests(folder: Path) -> Path:
    """The client's own request, as it reaches a proxy."""
    return drive.write_requests(folder / "client.requests", drive.checks(keys.cast().load, PATH))


def missing() -> list[str]:
    lines = [] if envoy_binary() else ["make install-test (Envoy, into .venv)"]
    return lines if shutil.which("caddy") else lines + ["apt-get install caddy"]

