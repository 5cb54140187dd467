"""docs/growth.md and its plots, from bench/growth/published.json. The text around the markers is a person's."""
import re
from pathlib import Path

import plot

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE, IMAGES = DOCS / "growth.md", DOCS / "images"
MARKED = re.compile(r"<!-- growth: ([a-z ]+) -->\n.*?<!-- /growth -->", re.DOTALL)
# A figure's column: its heading, and how many digits are worth reading.
COLUMNS = {
    "size": ("", 0), "cpu_us": ("CPU µs per check", 1), "adding_us": ("CPU µs of one that adds", 1),
    "worst_us": ("worst CPU µs of one check", 0), "own_mb": ("MB of its own", 1), "bytes_each": ("bytes each", 0),
    "start_s": ("start, s", 2), "exact_cpu_us": ("exact: CPU µs", 1), "exact_redis_us": ("Redis µs", 2),
    "exact_calls": ("calls", 3), "leased_cpu_us": ("leased: CPU µs", 1), "leased_redis_us": ("Redis µs", 3),
    "leased_calls": ("calls", 4),
}


def write(result: dict) -> None:
    growth = result["growth"]
    texts = {name: _table(name, rows) for name, rows in growth.items()}
    machine = result["machine"]
    texts["about"] = f"{result['date']}, {machine['cpus']} cores of {machine['cpu']}, Linux {machine['kernel']}."
    PAGE.write_text(MARKED.sub(
        lambda found: f"<!-- growth: {found.group(1)} -->\n{texts.get(found.group(1), 'Not measured.')}\n<!-- /growth -->",
        PAGE.read_text()))
    for name, svg in _plots(growth).items():
        plot.write(IMAGES / f"{name}.svg", svg)


def _table(name: str, rows: list[dict[str, float]]) -> str:
    keys = [key for key in COLUMNS if key in rows[0]]
    head = [COLUMNS[key][0] or name for key in keys]
    lines = [head, ["---"] * len(head)] + [[f"{row[key]:,.{COLUMNS[key][1]}f}" for key in keys] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _plots(growth: dict[str, list[dict[str, float]]]) -> dict[str, str]:
    def series(figure: str) -> dict[str, plot.Points]:
        return {name: [(row["size"], row[figure]) for row in rows if figure in row]
                for name, rows in growth.items() if any(figure in row for row in rows)}
    made = {
        "growth-cpu": plot.lines("Time per check as things grow", "how many", "µs of CPU, one check at a time",
                                 series("cpu_us"), x_log=True),
        "growth-memory": plot.lines("Memory as things grow", "how many", "MB of its own", series("own_mb"),
                                    x_log=True, y_log=True),
        "growth-stall": plot.lines("The worst check while growing", "how many", "µs of CPU of one check",
                                   series("worst_us"), x_log=True, mark=(1000.0, "1 ms")),
    }
    if "replicas" in growth:
        shares = {f"{who}, {kind}": [(row["size"], row[f"{kind}_{key}"]) for row in growth["replicas"]]
                  for kind in ("exact", "leased") for who, key in (("Postern", "cpu_us"), ("Redis", "redis_us"))}
        made["growth-replicas"] = plot.lines(
            "Replicas on one Redis", "replicas", "µs of CPU per check", shares, x_log=True)
    return made
