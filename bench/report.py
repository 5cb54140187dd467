"""Of benches with wrk: medians of the rounds, targets held against them, and the document for bench/results."""
import json
import platform
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

from load import Run

Runs = dict[str, list[Run]]
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
        found = f"{self.found:.{2 if self.found >= 0.1 else 4}f}{self.unit}"
        return f"{self.what}: {found} {verdict} (target {self.bound}{self.unit} at most)"


def median(runs: Runs, row: str, figure: str) -> float:
    return statistics.median(getattr(run, figure) for run in runs[row])


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
