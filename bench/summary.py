"""The run as a document for bench/results, and its tables for the terminal."""
import platform
import re
import subprocess
from pathlib import Path

import frameworks
import proxies
import report
import requirements
import targets
from figures import Figures
from peers import LUA
from suite import FLOOR, Suite

SECTIONS = ["main", "variants", "proxies", "proxies, open loop", "frameworks", "half load", "latency against load"]
QUIET_CORES = 0.15


def document(suite: Suite, facts: dict[str, object], about: dict[str, object]) -> dict[str, object]:
    rows = [{"name": each.case.name, "section": each.section, "connections": each.case.connections, "rate": each.case.rate,
             "expect": each.case.expect, "tags": each.case.tags, "runs": each.runs} for each in suite.measured.values()]
    about = about | {"machine": machine(), "versions": versions()}
    made = {"format": 1, "about": about, "facts": facts, "stages": suite.stages, "rows": rows}
    made["targets"] = [target.as_json() for target in targets.all_of(Figures(made), facts)]
    return made


def machine() -> dict[str, str]:
    memory = Path("/proc/meminfo").read_text().split()[1]
    return report.machine() | {"memory_gb": str(round(int(memory) / 1e6))}


def versions() -> dict[str, str]:
    commit = _said("git", "-C", str(requirements.REPOSITORY), "describe", "--always", "--dirty")
    asked = {"nginx": [requirements.nginx(), "-v"], "redis": ["redis-server", "--version"], "swift": ["swift", "--version"],
             "envoy": [proxies.envoy_binary(), "--version"], "caddy": ["caddy", "version"]}
    return {"postern": commit} | {name: _number(_said(*command)) for name, command in asked.items()} | (
        {"python": platform.python_version()} | frameworks.versions())


def _said(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    return (done.stdout or done.stderr).strip()


def _number(text: str) -> str:
    """The version in a program's own words; Envoy's come after its path, which has numbers too."""
    found = re.search(r"\d+\.\d+(\.\d+)?", text.rpartition("version:")[2])
    return found.group() if found else "unknown"


def tables(document: dict) -> str:
    figures = Figures(document)
    made = []
    for section in SECTIONS:
        rows = figures.section(section)
        if rows:
            made.append(f"{section}\n{_table(figures, [row['name'] for row in rows])}")
    return "\n\n".join(made)


def _table(figures: Figures, names: list[str]) -> str:
    width = max(map(len, names)) + 2
    lines = [f"{'':{width}}{'per s':>9}{'p50':>7}{'p99':>8}{'p99.9 µs':>10}{'CPU µs':>8}{'spread':>13}"
             f"{'x floor':>8}{'x n+Lua':>8}{'Redis µs':>9}{'calls':>7}{'MB':>6}  other CPU µs"]
    for name in names:
        median = lambda figure: figures.median(name, figure)
        low, high = figures.spread(name, "cpu_us")
        roles = figures.roles(name)
        others = "  ".join(f"{role} {median(f'cpu_us/{role}'):.1f}" for role in roles[1:])
        lines.append(
            f"{name:{width}}{median('per_second'):>9,.0f}"
            f"{median('p50_us'):>7,.0f}{median('p99_us'):>8,.0f}{median('p999_us'):>10,.0f}"
            f"{median('cpu_us'):>8.2f}{f'{low:.1f}-{high:.1f}':>13}{_ratio(figures, name, FLOOR)}{_ratio(figures, name, LUA)}"
            f"{median('redis_us'):>9.2f}{median('redis_calls'):>7.3f}{median('memory_mb'):>6.0f}  {others}")
    return "\n".join(lines)


def _ratio(figures: Figures, name: str, against: str) -> str:
    below = figures.median(against, "cpu_us")
    return f"{figures.median(name, 'cpu_us') / below:>8.2f}" if below else f"{'-':>8}"


def verdicts(document: dict) -> str:
    lines = []
    for target in document["targets"]:
        word = {True: "met", False: "MISSED", None: "not measured"}[target["met"]]
        bound = f"{'at least' if target['at_least'] else 'at most'} {target['bound']:g}{target['unit']}"
        found = "-" if target["found"] is None else f"{target['found']:.3g}{target['unit']}"
        lines.append(f"{target['what']:72}{found:>10}   {bound:18} {word}")
    return "\n".join(lines)


def disturbance(document: dict) -> str:
    """A warning, or nothing: neighbours change what a check costs, and not for every row alike."""
    worst = max(run["others"] for row in document["rows"] for run in row["runs"])
    if worst <= QUIET_CORES:
        return ""
    return f"\nWARNING: other processes kept up to {worst:.2f} cores busy in a run: do not quote these figures.\n"
