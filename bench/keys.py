"""The 10,000 API keys that every row of bench/run knows, and the files each peer reads them from.

Keys are derived from their index, so two runs ask the same questions. Two more keys stand outside the load:
one whose role lacks the permission (403) and one whose bucket is drained on purpose (429).
"""
import hashlib
from dataclasses import dataclass
from pathlib import Path

COUNT = 10_000
# Large enough that no load is ever refused; slow enough that a bucket is still there when its key returns,
# so that every check reads, computes and writes as in service (a full bucket's key would have expired).
BURST = 10_000
RATE_COUNT, RATE_PERIOD_US = 7_000, 3_600_000_000


@dataclass(frozen=True)
class Key:
    id: str
    role: str
    text: str

    @property
    def header(self) -> str:
        return f"x-api-key: {self.text}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def _key(index: int, role: str) -> Key:
    secret = hashlib.sha256(f"postern bench {index}".encode()).hexdigest()[:40]
    return Key(f"client-{index:05}", role, "pk_" + secret)


LOAD = [_key(index, "user") for index in range(COUNT)]
FORBIDDEN = _key(COUNT, "guest")
DRAINED = _key(COUNT + 1, "user")
UNKNOWN = _key(COUNT + 2, "user").text  # no table holds it
LISTED = LOAD + [FORBIDDEN, DRAINED]


@dataclass(frozen=True)
class Cast:
    """Who asks a row, each as the header it shows: an API key, or whatever else stands for the same subjects."""
    load: list[str]  # of LOAD's subjects, in their order, as many as there are
    forbidden: str
    drained: str
    unknown: str


def cast(count: int = COUNT) -> Cast:
    unknown = Key("", "", UNKNOWN)
    return Cast([key.header for key in LOAD[:count]], FORBIDDEN.header, DRAINED.header, unknown.header)


def write_for_wrk(path: Path, headers: list[str]) -> None:
    path.write_text("".join(header + "\n" for header in headers))


def write_for_lua(path: Path) -> None:
    path.write_text("".join(f"{key.sha256}\t{key.id}\t{key.role}\n" for key in LISTED))


def section() -> str:
    """`auth.api_keys`, indented to its place."""
    entries = (f"      - {{id: {key.id}, sha256: {key.sha256}, roles: [{key.role}]}}\n" for key in LISTED)
    return "  api_keys:\n    keys:\n" + "".join(entries)
