"""The three agent frameworks, each on its own server as its documentation starts it, with its own auth and without.

What auth costs is the difference of the two. One process each, uvicorn without an access log; the endpoint is the cheapest
one that asks for a credential. A framework that is not installed is left out, and the results say so.
"""
import base64
import hashlib
import hmac
import importlib.metadata
import json
import time
from dataclasses import dataclass
from pathlib import Path

import drive
import probe
import requirements
from drive import Case
from processes import Processes, accepts, free_port

HERE = Path(__file__).resolve().parent
PYTHON = requirements.REPOSITORY / ".venv-frameworks" / "bin" / "python"
KEY = "pk_" + hashlib.sha256(b"postern bench framework").hexdigest()[:40]
SECRET = hashlib.sha256(b"postern bench secret").hexdigest()
# Imports of all servers at once, on two cores.
START_SECONDS = 120.0
REQUEST = "{method} {path} HTTP/1.1\r\nhost: agent.example\r\n{credential}\r\ncontent-type: application/json\r\n" \
    "content-length: {length}\r\n\r\n{body}"


@dataclass(frozen=True)
class Framework:
    name: str
    package: str  # on PyPI
    module: str  # what its server imports
    app: str
    method: str
    path: str
    credential: str
    body: str = ""


def _base64url(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def _token() -> str:
    """HS256, as AgentFlow's own JWT mode wants it: a shared secret and a user_id."""
    claims = {"user_id": "client-00000", "exp": int(time.time()) + 86400, "scopes": ["config:read"]}
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (signed + b"." + _base64url(hmac.digest(SECRET.encode(), signed, "sha256"))).decode()


def _all() -> list[Framework]:
    return [
        Framework("Dockrion", "dockrion", "dockrion_runtime", "dockrion_app:app", "POST", "/invoke",
                  f"x-api-key: {KEY}", '{"text":"hello"}'),
        Framework("Agent Gateway", "agents-gateway", "agent_gateway", "gateway_app:app", "GET", "/v1/agents",
                  f"authorization: Bearer {KEY}"),
        Framework("AgentFlow", "10xscale-agentflow-cli", "agentflow_cli", "agentflow_cli.src.app.main:app", "GET",
                  "/v1/config/multimodal", f"authorization: Bearer {_token()}")]


def _site() -> Path | None:
    found = sorted(PYTHON.parent.parent.glob("lib/python3*/site-packages"))
    return found[0] if found else None


def _installed() -> list[Framework]:
    site = _site()
    return [each for each in _all() if site and (site / each.module).is_dir()]


def versions() -> dict[str, str]:
    """Of those that are installed; the others are named as such."""
    site = _site()
    known = {} if site is None else {
        each.metadata["Name"].lower(): each.version for each in importlib.metadata.distributions(path=[str(site)])}
    return {each.name: known.get(each.package, "not installed") for each in _all()}


def _environment(framework: Framework, folder: Path, guarded: bool) -> dict[str, str]:
    """Its own configuration file where it reads one, and what the apps in bench/agents ask for."""
    workspace, graph = folder / "workspace", folder / "agentflow.json"
    (workspace / "agents").mkdir(parents=True)
    (workspace / "gateway.yaml").write_text(
        "persistence: {enabled: false}\ntelemetry: {enabled: false}\n"
        f"auth:\n  enabled: {str(guarded).lower()}\n  mode: api_key\n  api_keys:\n    - {{name: bench, key: {KEY}}}\n")
    graph.write_text(json.dumps({"agent": "agentflow_graph:app", "auth": "jwt" if guarded else None}))
    return {"PYTHONPATH": str(HERE / "agents"), "PYTHONDONTWRITEBYTECODE": "1", "AUTH_MODE": "api_key" if guarded else "none",
            "BENCH_KEY": KEY, "BENCH_WORKSPACE": str(workspace), "GRAPH_PATH": str(graph), "JWT_SECRET_KEY": SECRET,
            "JWT_ALGORITHM": "HS256", "LOG_LEVEL": "WARNING", "OTEL_SDK_DISABLED": "true"}


def start(processes: Processes, folder: Path, also_open: bool) -> list[Case]:
    """`also_open`: with auth and without it, else only with."""
    launched = []
    for framework in _installed():
        for guarded in [True, False] if also_open else [True]:
            name = f"{framework.name}, own auth" if guarded else f"{framework.name}, auth off"
            port, here = free_port(), folder / name.replace(" ", "-").replace(",", "")
            here.mkdir()
            command = [str(PYTHON), "-m", "uvicorn", framework.app, "--host", "127.0.0.1", "--port", str(port),
                       "--log-level", "warning", "--no-access-log"]
            pid = processes.launch(name, command, _environment(framework, here, guarded))
            launched.append((framework, name, guarded, port, pid, here))
    return [_case(processes, *each) for each in launched]


def _case(processes: Processes, framework: Framework, name: str, guarded: bool, port: int, pid: int, folder: Path) -> Case:
    processes.wait(name, lambda: accepts(port), START_SECONDS)
    request = lambda credential: REQUEST.format(
        method=framework.method, path=framework.path, credential=credential, body=framework.body,
        length=len(framework.body)).encode()
    for credential, wanted in [(framework.credential, 200), ("x-request-id: probe", 401 if guarded else 200)]:
        status = probe.status(port, request(credential))
        if status != wanted:
            raise probe.WrongAnswer(f"{name}: the status with {credential[:20]}… is {status}, expected {wanted}")
    path = drive.write_requests(folder / "requests", [request(framework.credential)])
    return Case(name, str(port), path, {"server": pid}, clean=False, tags={"framework": framework.name, "guarded": guarded})
