"""Medians of the rounds, ratios within one run, the table and the targets."""
import json
import platform
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

from load import Run
from peers import EXACT, FLOOR, LEASED, LUA

Runs = dict[str, list[Run]]
# Of bench/run: (what, its row, the figure, the row it is held against, the bound).
RATIOS = [
    ("Postern leased, CPU per check, against the floor", LEASED, "server_us", FLOOR, 1.3),
    ("Postern exact, CPU per check, against the floor", EXACT, "server_us", FLOOR, 1.8),
    ("Postern exact, CPU per check, against nginx + Lua", EXACT, "server_us", LUA, 0.4),
    ("Redis below Postern exact, CPU per check, against below nginx + Lua", EXACT, "redis_us", LUA, 0.6),
]
# Calls to Redis per check of the leased row (limits.md 34).
LEASED_CALLS = 0.02
# What the rest of a quiet machine may use during a run.
QUIET_CORES = 0.15


@dataclass(frozen=True)
class Target:
    """A figure that was promised, and what was found; None if a row of it was not measured."""
    what: str
    found: float | None
    bound: float
    unit: str = ""

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.what}: not measured"
        verdict = "PASS" if self.found <= self.bound else "MISSED"
        return f"{self.what}: {self.found:.{2 if self.found >= 0.1 else 4}f}{self.unit} {verdict} (target {self.bound}{self.unit} at most)"


def median(runs: Runs, row: str, figure: str) -> float:
    return statistics.median(getattr(run, figure) for run in runs[row])


def ratio(runs: Runs, row: str, figure: str, against: str) -> float | None:
    if row not in runs or against not in runs or not median(runs, against, figure):
        return None
    return median(runs, row, figure) / median(runs, against, figure)


def table(runs: Runs, sizes: dict[str, int]) -> str:
    lines = [f"{'':18}{'checks/s':>10}{'p50 µs':>9}{'p99 µs':>9}{'CPU µs':>9}{'spread':>12}{'Redis µs':>10}"
             f"{'x floor':>9}{'x n+Lua':>9}{'calls':>8}{'bytes':>7}"]
    for row in runs:
        cpu = [run.server_us for run in runs[row]]
        spread = f"{min(cpu):.1f}-{max(cpu):.1f}"
        lines.append(
            f"{row:18}{median(runs, row, 'per_second'):>10,.0f}{median(runs, row, 'p50_us'):>9,.0f}"
            f"{median(runs, row, 'p99_us'):>9,.0f}{median(runs, row, 'server_us'):>9.2f}{spread:>12}"
            f"{median(runs, row, 'redis_us'):>10.2f}{_ratio(runs, row, FLOOR)}{_ratio(runs, row, LUA)}"
            f"{median(runs, row, 'calls'):>8.3f}{sizes[row]:>7}")
    return "\n".join(lines)


def _ratio(runs: Runs, row: str, against: str) -> str:
    found = ratio(runs, row, "server_us", against)
    return f"{'-':>9}" if found is None else f"{found:>9.2f}"


def targets(runs: Runs) -> list[Target]:
    ratios = [Target(what, ratio(runs, row, figure, against), bound) for what, row, figure, against, bound in RATIOS]
    calls = median(runs, LEASED, "calls") if LEASED in runs else None
    return ratios + [Target("Postern leased, calls to Redis per check", calls, LEASED_CALLS)]


def verdicts(targets: list[Target]) -> str:
    return "\n".join(map(str, targets))


def disturbance(runs: Runs) -> str:
    """A warning, or nothing: neighbours change what a check costs, and not for every row alike."""
    worst = max(run.others for rounds in runs.values() for run in rounds)
    if worst <= QUIET_CORES:
        return ""
    return f"\nWARNING: other processes kept up to {worst:.2f} cores busy in a run: do not quote these figures.\n"


def machine() -> dict[str, str]:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    return {"cpu": models[0] if models else platform.machine(), "cpus": str(len(models)), "kernel": platform.release()}


def write(
    path: Path, runs: Runs, sizes: dict[str, int], targets: list[Target], about: dict[str, object],
) -> None:
    document = {
        **about, "machine": machine(),
        "rows": {row: {"answer_bytes": sizes[row], "rounds": [asdict(run) for run in runs[row]]} for row in runs},
        "targets": [asdict(target) for target in targets],
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")
