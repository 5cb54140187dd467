"""The plots of docs/performance.md, made from one finished run."""
import plot
from figures import Figures
from scenarios import CENTRE, ENGINES
from suite import FLOOR, name_of


def all_of(figures: Figures) -> dict[str, str]:
    """SVG by file name, without its ending."""
    return {
        "bench-cpu": _cpu(figures), "bench-latency-p50": _latency(figures, "p50_us", "Median"),
        "bench-latency-p99": _latency(figures, "p99_us", "p99"), "bench-limits": _limits(figures),
        "bench-connections": _connections(figures)}


def _cpu(figures: Figures) -> str:
    rows = {}
    for row in figures.section("main"):
        name, roles = row["name"], figures.roles(row["name"])
        parts = {"the server": figures.median(name, "cpu_us")}
        if len(roles) > 1:
            parts["whom it asks"] = sum(figures.median(name, f"cpu_us/{role}") for role in roles[1:])
        if figures.median(name, "redis_calls") > 0.0005:
            parts["Redis"] = figures.median(name, "redis_us")
        rows[name] = parts
    floor = figures.median(FLOOR, "cpu_us")
    return plot.bars("CPU per check", "µs of CPU per check, user and system", rows, mark=(floor, "the floor"))


def _latency(figures: Figures, figure: str, word: str) -> str:
    series: dict[str, list[tuple[float, float]]] = {}
    for row in figures.section("latency against load"):
        series.setdefault(row["tags"]["of"], []).append((row["rate"], figures.median(row["name"], figure)))
    return plot.lines(f"{word} latency against load (open loop)", "checks per second, asked for", "µs", series, y_log=True)


def _limits(figures: Figures) -> str:
    def points(engine: str) -> list[tuple[float, float]]:
        counts = {1: CENTRE, 5: "5 limits", 10: "10 limits"}
        return [(count, figures.median(name_of(engine, variant), "cpu_us")) for count, variant in counts.items()]
    series = {f"Postern {engine}": points(engine) for engine in ENGINES}
    exact = name_of(ENGINES[-1], CENTRE), name_of(ENGINES[-1], "5 limits"), name_of(ENGINES[-1], "10 limits")
    series["Redis below exact"] = [(count, figures.median(name, "redis_us")) for count, name in zip((1, 5, 10), exact)]
    return plot.lines("CPU per check as limits are added", "limits on one check", "µs of CPU per check", series)


def _connections(figures: Figures) -> str:
    counts = {1: "1 connection", 32: None, 512: "512 connections"}
    series = {}
    for engine in ENGINES:
        names = {count: name_of(engine, variant or CENTRE) for count, variant in counts.items()}
        series[f"Postern {engine}"] = [(count, figures.median(name, "cpu_us")) for count, name in names.items()]
    floors = {count: f"{FLOOR}, {variant}" if variant else FLOOR for count, variant in counts.items()}
    series[FLOOR] = [(count, figures.median(name, "cpu_us")) for count, name in floors.items()]
    return plot.lines("CPU per check as connections are added", "connections", "µs of CPU per check", series, x_log=True)
