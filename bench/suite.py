"""What bench/run measures, in which order, and for how long. Rows of one section are interleaved, round by round."""
import random
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable, Iterable

import drive
import frameworks
import load
import peers
import proxies
import scenarios
import stages
from drive import Case
from processes import Processes
from scenarios import CENTRE, ENGINES, EXACT

FLOOR, NIO = "floor", "NIOHTTP1"
# Checks per second of the open loops. A rate a row cannot do nine tenths of is left out: its queue would only grow.
RATES = [2_000, 5_000, 10_000, 20_000, 30_000, 40_000, 60_000, 80_000]
QUICK_RATES = [5_000, 20_000, 40_000]
REACHABLE = 0.9
# By how many bytes the floor's answer may differ from Postern's: it is to copy as much.
DRIFT_BYTES = 10
# Requests per second through the proxies: well below what either can do with two cores for everything.
PROXY_RATE = 3_000


@dataclass(frozen=True)
class Effort:
    """Seconds of one run of each kind, rounds, and the seconds before each run that are not counted."""
    seconds: float
    rounds: int
    variant_seconds: float
    variant_rounds: int
    load_rounds: int
    warm: float
    rates: list[int]
    starts: int
    frameworks_open: bool  # also without their auth, so that the difference is what it costs


FULL = Effort(seconds=2, rounds=5, variant_seconds=1.5, variant_rounds=3, load_rounds=2, warm=0.5, rates=RATES, starts=11,
              frameworks_open=True)
QUICK = Effort(seconds=0.7, rounds=2, variant_seconds=0.5, variant_rounds=1, load_rounds=1, warm=0.3, rates=QUICK_RATES,
               starts=5, frameworks_open=False)


@dataclass
class Measured:
    """A case and its runs, oldest first: each what drive.run returned."""
    section: str
    case: Case
    runs: list[dict] = field(default_factory=list)


def name_of(engine: str, variant: str = CENTRE) -> str:
    return f"Postern {engine}, {variant}"


class Suite:
    """Starts everything once, then measures section after section."""

    def __init__(self, effort: Effort, processes: Processes, folder: Path, say: Callable[[str], None]):
        self.effort, self.say = effort, say
        self.measured: dict[str, Measured] = {}
        self.stages: dict[str, dict[str, float]] = {}  # by row: the share of its time that each stage has
        self._processes, self._folder = processes, folder
        self.redis = drive.Redis(*peers.start_redis(processes))
        self._generator = drive.compile_generator(folder)
        self._posterns = scenarios.Posterns(processes, folder, self.redis)
        self._done, self._planned, self._began = 0, 0, time.monotonic()

    def start(self) -> None:
        """All servers, each asked what it must answer before anything is measured."""
        listed = self._posterns.listed
        made = peers.start([peers.FLOOR, peers.STATIC, peers.LUA], self._processes, self._folder, self.redis.port)
        bytes_of = {row.name: row.verify(row.name, row.port) for row in made}
        socket = self._folder / "floor.sock"
        floor_socket = self._processes.start_at("floor-socket", [str(self._folder / "floor"), str(socket)], socket)
        niohttp1, nio_port = peers.start_niohttp1(self._processes)
        bare = [Case(row.name, str(row.port), listed, {"server": row.pid}) for row in made]
        floor = bare[0]
        self.bare = [*bare[:2], Case(NIO, str(nio_port), listed, {"server": niohttp1}), bare[2]]
        self.floors = [replace(floor, name=f"{FLOOR}, unix socket", to=str(socket), pids={"server": floor_socket}),
                       replace(floor, name=f"{FLOOR}, 1 connection", connections=1),
                       replace(floor, name=f"{FLOOR}, 512 connections", connections=512)]
        postern = {engine: self._posterns.cases(engine, scenarios.VARIANTS) for engine in ENGINES}
        self.centres = [postern[engine][0] for engine in ENGINES]
        self.variants = [case for engine in ENGINES for case in postern[engine][1:]]
        client = proxies.requests(self._folder)
        self.own = [make(self._processes, self._folder, client) for make in (proxies.envoy_own, proxies.caddy)]
        exact = self._posterns.row(EXACT, "behind proxies", limit=scenarios.limits(EXACT, 1))
        self.behind = proxies.before_agent(exact, self._processes, self._folder, client)
        self.frameworks = frameworks.start(self._processes, self._folder, self.effort.frameworks_open)
        groups = [self.bare, self.floors, self.own, self.centres, self.variants, self.behind, self.frameworks]
        if abs(bytes_of[FLOOR] - self.centres[-1].tags["answer_bytes"]) > DRIFT_BYTES:
            self.say(f"WARNING: floor.c answers {bytes_of[FLOOR]} bytes and Postern {self.centres[-1].tags['answer_bytes']}: part of "
                     "what the floor saves is their copying")
        self.say(f"{sum(map(len, groups))} rows are up, and each answered what it must")

    def measure(self) -> None:
        full = self.effort
        rounds, seconds = full.rounds, full.seconds
        variants = [*self.floors, *self.variants]
        plan = [
            ("main", [*self.bare, *self.own, *self.centres], rounds, seconds),
            ("variants", variants, full.variant_rounds, full.variant_seconds),
            ("proxies", self.behind, rounds, full.variant_seconds),
            ("proxies, open loop", [self._at(case, PROXY_RATE) for case in self.behind], rounds, seconds),
            ("frameworks", self.frameworks, full.variant_rounds, full.variant_seconds)]
        # The open loops are planned once it is known what each row can do; until then a fair guess.
        self._planned = sum(len(cases) * rounds for _, cases, rounds, _ in plan) + 9 * rounds + 5 * len(full.rates)
        for section, cases, rounds, seconds in plan:
            self._section(section, cases, rounds, seconds)
        half = self._half_load()
        load_rows = self._against_load()
        self._planned = self._done + len(half) * full.rounds + len(load_rows) * full.load_rounds
        self._section("half load", half, full.rounds, full.seconds)
        self._section("latency against load", load_rows, full.load_rounds, full.variant_seconds)
        self.say("where the time goes, by perf" if stages.is_here() else "where the time goes: not measured without perf")
        self.stages = stages.measure([self.bare[0], *self.centres], self._generator, self.redis, self._folder, full.seconds)

    def _at(self, case: Case, rate: float) -> Case:
        return replace(case, name=f"{case.name} at {rate:,.0f}/s", rate=rate, tags=case.tags | {"of": case.name, "rate": rate})

    def _half_load(self) -> list[Case]:
        """Each engine at half of what it did in the closed loop, and the floor at the same rates."""
        floor = self.measured[FLOOR].case
        made = []
        for case in self.centres:
            rate = round(self.median(case.name, "per_second") / 2, -2)
            made += [self._at(case, rate), self._at(floor, rate)]
        return [replace(case, name=f"half load: {case.name}") for case in made]

    def _against_load(self) -> list[Case]:
        rows = [self.measured[FLOOR].case, self.measured[peers.LUA].case, *self.centres]
        return [self._at(case, rate) for rate in self.effort.rates for case in rows
                if rate <= REACHABLE * self.median(case.name, "per_second")]

    def median(self, name: str, figure: str) -> float:
        runs = sorted(run[figure] for run in self.measured[name].runs)
        return (runs[(len(runs) - 1) // 2] + runs[len(runs) // 2]) / 2

    def _section(self, section: str, cases: Iterable[Case], rounds: int, seconds: float) -> None:
        cases = list(cases)
        for case in cases:
            self.measured[case.name] = Measured(section, case)
        order = random.Random(section)
        for _ in range(rounds):
            order.shuffle(cases)  # no row always follows the same other
            for case in cases:
                self._one(case, seconds)

    def _one(self, case: Case, seconds: float) -> None:
        try:
            run = drive.run(case, self._generator, self.redis, seconds, self.effort.warm)
        except (load.LoadFailed, OSError) as error:
            self._processes.check_alive()  # a server that died explains more than broken connections
            raise load.LoadFailed(f"{error}\n{self._processes.state()}") from error
        self.measured[case.name].runs.append(run)
        self._done += 1
        elapsed = time.monotonic() - self._began
        cpu = "  ".join(f"{role} {used:.1f}" for role, used in run["cpu_us"].items() if used >= 0.05)
        redis = f"  Redis {run['redis_us']:.1f}" if run["redis_us"] >= 0.05 else ""
        self.say(f"[{self._done:>3}/{self._planned}  {elapsed:>3.0f} s]  {case.name:44}{run['per_second']:>9,.0f}/s  "
                 f"p50 {run['p50_us']:>5.0f}  p99 {run['p99_us']:>6.0f} µs  CPU µs: {cpu}{redis}")
