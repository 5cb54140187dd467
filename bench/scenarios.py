"""Postern as it is measured: three engines, and from each engine's centre one thing changed at a time.

The centre: an API key, one limit, allowed, TCP, 32 connections. Every combination would be 324 rows; what changes here
changes alone, and docs/performance.md says that combinations were not measured.
"""
from dataclasses import replace
from functools import partial
from pathlib import Path

import drive
import keys
import peers
import probe
import providers
import tokens
from drive import Case
from processes import Processes

MEMORY, LEASED, EXACT = "memory", "leased", "exact"
ENGINES = [MEMORY, LEASED, EXACT]
CENTRE = "API key"
# Keys whose bucket is empty after two checks, and stays so for an hour: so few that a warm-up dries them all.
DRIED = 100
VARIANTS = [
    "cached JWT", "cold JWT, 1 in 4", "5 limits", "10 limits", "denied 429", "denied 401", "unix socket",
    "1 connection", "512 connections"]


def limits(engine: str, count: int, rate: str | None = None) -> str:
    """`count` alike, each with a bucket per subject; leased ones all share, at the conditions of limits.md 34."""
    if engine == LEASED:
        about = f"per: global, {rate or 'rate: 400000/second, burst: 800000'}, precision: leased"
    else:
        about = f"per: subject, {rate or f'rate: {keys.RATE_COUNT}/hour, burst: {keys.BURST}'}"
    names = ["subject", *(f"limit-{number}" for number in range(2, count + 1))]
    return "\n  - ".join(f"{{name: {name}, {about}}}" for name in names)


class Posterns:
    """Every Postern of the run, started once and left idle while others are measured."""

    def __init__(self, processes: Processes, folder: Path, redis: drive.Redis):
        self._processes, self._folder, self._redis = processes, folder, redis
        tokens.compile_programs(folder)
        self._signed = tokens.sign("RS256", providers.COUNT, folder)
        self._listed = self._requests("listed", keys.cast().load)
        self._tokens = self._requests("tokens", self._signed.cast.load)
        self._cold = self._requests("cold", providers.mixed(self._signed))
        self._dried = self._requests("dried", keys.cast(DRIED).load)
        unknown = [f"x-api-key: pk_{index:040x}" for index in range(keys.COUNT)]
        self._unknown = self._requests("unknown", unknown)
        self.listed = self._listed

    def _requests(self, name: str, headers: list[str]) -> Path:
        return drive.write_requests(self._folder / f"{name}.requests", drive.checks(headers))

    def row(self, engine: str, name: str, **about: object) -> peers.Row:
        return peers.postern(f"{engine} {name}", "memory" if engine == MEMORY else "redis", self._processes, self._folder,
                             self._redis.port, **about)

    def _case(self, engine: str, name: str, row: peers.Row, requests: Path, **about: object) -> Case:
        tags: dict[str, object] = {"engine": engine, "variant": name}
        if about.pop("check", True):
            self._redis.empty()  # several rows have the same subjects, and each drains one
            tags["answer_bytes"] = row.verify(f"{engine}, {name}", row.port)
        return Case(f"Postern {engine}, {name}", str(row.port), requests, {"postern": row.pid}, tags=tags, **about)

    def cases(self, engine: str, variants: list[str]) -> list[Case]:
        """The centre first, then `variants` in their order."""
        verify = probe.shared if engine == LEASED else probe.gate
        socket = self._folder / f"{engine}.sock"
        row = self.row(engine, "centre", limit=limits(engine, 1), verify=verify, socket=socket)
        centre = self._case(engine, CENTRE, row, self._listed)
        made = {name: self._variant(engine, name, centre, socket) for name in variants}
        return [centre, *made.values()]

    def _variant(self, engine: str, name: str, centre: Case, socket: Path) -> Case:
        same = replace(centre, name=f"Postern {engine}, {name}", tags=centre.tags | {"variant": name})
        match name.split(" "):
            case ["unix", _]: return replace(same, to=str(socket))
            case [count, "connection" | "connections"]: return replace(same, connections=int(count))
            case ["denied", "401"]: return replace(same, requests=self._unknown, expect=401)
            case ["denied", _]:
                row = self.row(engine, "denied", limit=limits(engine, 1, "rate: 1/hour, burst: 2"))
                return self._case(engine, name, row, self._dried, expect=429, clean=False, check=False)
            case [count, "limits"]:
                verify = probe.shared if engine == LEASED else partial(probe.gate)
                row = self.row(engine, name, limit=limits(engine, int(count)), verify=verify)
                return self._case(engine, name, row, self._listed)
            case _: return self._with_tokens(engine, name)

    def _with_tokens(self, engine: str, name: str) -> Case:
        cold = name.startswith("cold")
        entries = providers.COLD_ENTRIES if cold else providers.CACHED_ENTRIES
        provider = providers.jwt(self._signed, entries)
        if cold:
            provider = "  providers: [api_key, jwt]\n" + keys.section() + provider
        verify = probe.shared if engine == LEASED else probe.gate
        row = self.row(engine, "cold" if cold else "cached", mode="composite" if cold else "jwt", provider=provider,
                       limit=limits(engine, 1), verify=partial(verify, cast=self._signed.cast))
        return self._case(engine, name, row, self._cold if cold else self._tokens)
