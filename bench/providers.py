"""The rows of bench/credentials: one Postern each, alike but for `auth`, and proof that each did the work it is for."""
import hashlib
import json
import sys
import time
import urllib.request
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keys
import load
import peers
import probe
import tokens
from processes import Processes, free_port

API_KEY, CACHED, INTROSPECTION = "API key", "cached JWT", "introspection"
COLD = {f"cold JWT {algorithm}": algorithm for algorithm in tokens.ALGORITHMS}
ALL = [API_KEY, CACHED, *COLD, INTROSPECTION]
# Subjects, and so distinct credentials, of every row.
COUNT = 1_000
# A worker gives cold work half of its time and refuses what is beyond that, so a cold row is one token in every so many
# checks and listed keys otherwise. That leaves it at a third or so, by what each costs.
COLD_EVERY = {"RS256": 4, "ES256": 10, "EdDSA": 14}
# A cache of one set: what is remembered has been pushed out long before its token returns.
COLD_ENTRIES, CACHED_ENTRIES = 1, 10_000
METRIC = "postern_credential_checks_total"


class WrongWork(Exception):
    pass


@dataclass(frozen=True)
class Row:
    server: peers.Row
    cast: keys.Cast
    headers: Path  # for wrk
    outcome: str | None  # of METRIC, what the row's checks must come to; None: it counts listed keys nowhere
    every: int = 1  # one check in so many is what the row is named for; the others are listed keys
    signed: tokens.Signed | None = None

    @property
    def credential_bytes(self) -> int:
        return len(self.cast.load[0].rpartition(" ")[2])

    def verify(self) -> int:
        """The gate's answers, and 200 for every credential, which fills what a cache is to hold."""
        size = self.server.verify(self.server.name, self.server.port)
        for header in self.cast.load:
            status, _, _ = probe.ask(self.server.port, probe.INVOKE, header)
            if status != 200:
                raise probe.WrongAnswer(f"{self.server.name}: status {status} for {header[:40]}…")
        return size

    def work(self) -> dict[str, int]:
        """What Postern's own metrics say its checks have come to."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.admin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        counts = (line.split('"')[1::2] + line.split()[-1:] for line in lines if line.startswith(METRIC + "{"))
        return {outcome: int(count) for outcome, count in counts}

    def check_work(self, before: dict[str, int], requests: int) -> None:
        """A row is what its name says: its share of a run's checks came to `outcome`, and none to anything else."""
        done = {outcome: count - before[outcome] for outcome, count in self.work().items() if count > before[outcome]}
        seen = done.pop(self.outcome, 0) if self.outcome else requests
        # What was under way when wrk began and stopped is counted on one side only.
        if done or abs(seen - requests / self.every) > 2 * load.CONNECTIONS:
            raise WrongWork(f"{self.server.name}: of {requests} checks {seen} were {self.outcome}; others: {done}")


def start(names: list[str], processes: Processes, folder: Path) -> list[Row]:
    tokens.compile_programs(folder)
    wanted = {COLD[name] for name in names if name in COLD} | ({"RS256"} if CACHED in names else set())
    signed = {algorithm: tokens.sign(algorithm, COUNT, folder) for algorithm in tokens.ALGORITHMS if algorithm in wanted}
    rows = []
    for name in names:
        here = folder / name.replace(" ", "-")
        here.mkdir()
        if name == API_KEY:
            rows.append(_row(name, "api_key", keys.section(), keys.cast(COUNT), None, processes, here))
        elif name == INTROSPECTION:
            rows.append(_introspection(name, processes, here))
        elif name == CACHED:
            by = signed["RS256"]
            rows.append(_row(name, "jwt", jwt(by, CACHED_ENTRIES), by.cast, "remembered", processes, here))
        else:
            rows.append(_cold(name, signed[COLD[name]], processes, here))
    return rows


def _cold(name: str, by: tokens.Signed, processes: Processes, folder: Path) -> Row:
    provider = "  providers: [api_key, jwt]\n" + keys.section() + jwt(by, COLD_ENTRIES)
    row = _row(name, "composite", provider, by.cast, "verified", processes, folder, COLD_EVERY[by.algorithm], by)
    keys.write_for_wrk(row.headers, mixed(by))
    return row


def mixed(by: tokens.Signed) -> list[str]:
    """One token in every so many checks, and listed keys otherwise."""
    every, listed = COLD_EVERY[by.algorithm], keys.cast(COUNT).load
    return [
        token if place == 0 else listed[(index * every + place) % COUNT]
        for index, token in enumerate(by.cast.load) for place in range(every)]


def _row(
    name: str, mode: str, provider: str, cast: keys.Cast, outcome: str | None, processes: Processes, folder: Path,
    every: int = 1, signed: tokens.Signed | None = None,
) -> Row:
    server = peers.postern(
        name, "memory", processes, folder, redis_port=1, mode=mode, provider=provider,
        verify=partial(probe.gate, cast=cast))
    headers = folder / "headers.txt"
    keys.write_for_wrk(headers, cast.load)
    return Row(server, cast, headers, outcome, every, signed)


def jwt(signed: tokens.Signed, entries: int) -> str:
    return "\n".join([
        "  jwt:",
        f"    issuer: {tokens.ISSUER}",
        f"    public_key_file: {signed.public_key}",
        f"    algorithms: [{signed.algorithm}]",
        f"    audience: {tokens.AUDIENCE}",
        f"    cache: {{entries: {entries}, negative_seconds: 0}}"])


def _introspection(name: str, processes: Processes, folder: Path) -> Row:
    port, now, file = free_port(), int(time.time()), folder / "answers.json"
    shown = {_opaque(key.id): key for key in [*keys.LOAD[:COUNT], keys.FORBIDDEN, keys.DRAINED]}
    answers = {token: {"active": True, **tokens.claims(key, now)} for token, key in shown.items()}
    file.write_text(json.dumps(answers))
    endpoint = [sys.executable, str(peers.HERE / "introspection.py"), str(port), str(file)]
    processes.start("introspection endpoint", endpoint, port)
    provider = "\n".join([
        "  oauth2:",
        f"    introspection_url: http://127.0.0.1:{port}/introspect",
        "    client_id: bench",
        "    client_secret: not-a-secret-outside-this-bench",
        f"    audience: {tokens.AUDIENCE}",
        "    cache_seconds: 3600"])
    cast = tokens.cast(list(shown), _opaque("nobody"))
    return _row(name, "oauth2", provider, cast, "remembered", processes, folder)


def _opaque(subject: str) -> str:
    return "at_" + hashlib.sha256(f"postern bench token {subject}".encode()).hexdigest()[:40]
