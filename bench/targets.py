"""What was promised (issue "4 of 5"), held against what one run found. Only ratios within the run and round figures."""
from dataclasses import asdict, dataclass

from figures import Figures
from peers import LUA, STATIC
from scenarios import EXACT, LEASED, MEMORY
from suite import FLOOR, name_of


@dataclass(frozen=True)
class Target:
    what: str
    found: float | None  # None: a row of it was not measured
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.found is None:
            return None
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"met": self.met}


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def all_of(figures: Figures, facts: dict[str, object]) -> list[Target]:
    cpu = lambda name: figures.median(name, "cpu_us")
    exact, leased, memory = (name_of(engine) for engine in (EXACT, LEASED, MEMORY))
    floor = cpu(FLOOR)
    found = [
        Target("exact, CPU per check, in floors", _ratio(cpu(exact), floor), 1.6, " x"),
        Target("leased, CPU per check, in floors", _ratio(cpu(leased), floor), 1.3, " x"),
        Target("memory, CPU per check, in floors", _ratio(cpu(memory), floor), 1.25, " x"),
        Target("exact, CPU per check, in nginx + Lua workers", _ratio(cpu(exact), cpu(LUA)), 0.33, " x"),
        Target("Redis below exact, CPU per check, in Redis below nginx + Lua",
               _ratio(figures.median(exact, "redis_us"), figures.median(LUA, "redis_us")), 0.5, " x"),
        Target("leased, checks/s, in those of nginx return 200",
               _ratio(figures.median(leased, "per_second"), figures.median(STATIC, "per_second")), 0.75, " x", True),
        Target("leased, calls to Redis per check", figures.median(leased, "redis_calls"), 0.02),
    ]
    cached = cpu(name_of(MEMORY, "cached JWT"))
    beyond = None if cached is None or cpu(memory) is None else cached - cpu(memory)
    found.append(Target("cached JWT, CPU per check beyond an API key's", beyond, 2.0, " µs"))
    found += _latencies(figures, exact, leased)
    return found + [
        Target("idle memory, resident with the pages of its files", facts.get("idle_memory_mb"), 20, " MB"),
        Target("stripped static binary", facts.get("binary_mb") if facts.get("static") else None, 28, " MB"),
        Target("start to ready", facts.get("ready_ms"), 100, " ms")]


def _latencies(figures: Figures, exact: str, leased: str) -> list[Target]:
    half = {row["tags"]["of"]: row for row in figures.section("half load") if row["tags"]["of"] != FLOOR}
    if exact not in half or leased not in half:
        return []
    floors = {row["tags"]["rate"]: row["name"] for row in figures.section("half load") if row["tags"]["of"] == FLOOR}
    floor_p99 = figures.median(floors[half[leased]["tags"]["rate"]], "p99_us")
    leased_p99 = figures.median(half[leased]["name"], "p99_us")
    return [
        Target("leased, p99 at half load, in the floor's own at the same rate", _ratio(leased_p99, floor_p99), 2.0, " x"),
        Target("exact, p99 at half load", figures.median(half[exact]["name"], "p99_us") / 1e3, 1.0, " ms")]
