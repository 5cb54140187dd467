"""The tables of docs/performance.md and README.md, as Markdown, made from one finished run."""
from figures import Figures
from peers import LUA, STATIC
from proxies import ENVOY_OWN, PAIRS
from scenarios import CENTRE, ENGINES, EXACT, LEASED, MEMORY, VARIANTS
from suite import FLOOR, PROXY_RATE, name_of


def all_of(figures: Figures) -> dict[str, str]:
    return {
        "about": _about(figures), "targets": _targets(figures), "main": _main(figures), "half-load": _half_load(figures),
        "variants": _variants(figures), "proxies": _proxies(figures), "frameworks": _frameworks(figures),
        "stages": _stages(figures), "sizing": _sizing(figures), "summary": _summary(figures)}


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _latency(value: float | None) -> str:
    """µs, without a false third figure."""
    return "–" if value is None else f"{value:,.0f}"


def _about(figures: Figures) -> str:
    about = figures.document["about"]
    machine, versions = about["machine"], about["versions"]
    worst = max(run["others"] for row in figures.rows.values() for run in row["runs"])
    runs = sum(len(row["runs"]) for row in figures.rows.values())
    quick = " A quick run: do not quote it." if about["kind"] == "quick" else ""
    named = ", ".join(f"{name} {text}" for name, text in versions.items())
    return (f"{about['began']}, {runs} runs of {len(figures.rows)} rows in {about['took_seconds']} s.{quick} "
            f"{machine['cpus']} cores of {machine['cpu']}, {machine['memory_gb']} GB, Linux {machine['kernel']}. "
            f"Others used {worst:.2f} cores at most.\n\n"
            f"Versions: {named}.")


def _targets(figures: Figures) -> str:
    rows = []
    for target in figures.document["targets"]:
        sign = "≥" if target["at_least"] else "≤"
        found = "–" if target["found"] is None else f"{target['found']:.3g}{target['unit']}"
        word = {True: "met", False: "**missed**", None: "not measured"}[target["met"]]
        rows.append([target["what"], f"{sign} {target['bound']:g}{target['unit']}", found, word])
    own = figures.document["facts"]["idle_memory_own_mb"]
    return _table(["target", "bound", "found", ""], rows) + (
        f"\n\nOf the idle memory {own:.1f} MB are the process's own; the rest are pages of the program and of C libraries, "
        "which the kernel keeps once for all who use them.")


def _ratio(figures: Figures, name: str, against: str, figure: str = "cpu_us") -> str:
    above, below = figures.median(name, figure), figures.median(against, figure)
    return _number(above / below) if above is not None and below else "–"


def _main(figures: Figures) -> str:
    rows = []
    for name in (row["name"] for row in figures.section("main")):
        median = lambda figure: figures.median(name, figure)
        low, high = figures.spread(name, "cpu_us")
        uses_redis = median("redis_calls") > 0.0005
        rows.append([
            name, f"{median('per_second'):,.0f}",
            _latency(median("p50_us")), _latency(median("p99_us")), _latency(median("p999_us")),
            _number(median("cpu_us")), f"{low:.1f}–{high:.1f}", _number(median("redis_us")) if uses_redis else "",
            f"{median('redis_calls'):.3f}" if uses_redis else "", _number(median("memory_mb"), 0),
            _ratio(figures, name, FLOOR), _ratio(figures, name, LUA)])
    return _table(["", "checks/s", "p50 µs", "p99 µs", "p99.9 µs", "CPU µs", "least–most", "Redis µs", "Redis calls",
                   "MB", "x floor", "x nginx + Lua"], rows)


def _half_load(figures: Figures) -> str:
    floors = {row["tags"]["rate"]: row["name"] for row in figures.section("half load") if row["tags"]["of"] == FLOOR}
    rows = []
    for row in figures.section("half load"):
        if row["tags"]["of"] == FLOOR:
            continue
        floor = floors[row["tags"]["rate"]]
        figure = lambda which, name=row["name"]: _latency(figures.median(name, which))
        rows.append([row["tags"]["of"], f"{row['rate']:,.0f}", figure("p50_us"), figure("p99_us"), figure("p999_us"),
                     _latency(figures.median(floor, "p50_us")), _latency(figures.median(floor, "p99_us")),
                     _ratio(figures, row["name"], floor, "p99_us")])
    return _table(["", "checks/s", "p50 µs", "p99 µs", "p99.9 µs", "floor's p50", "floor's p99", "p99, in floor's"], rows)


def _variants(figures: Figures) -> str:
    """One line for what changed, three columns for each engine."""
    rows = []
    for variant in [CENTRE, *VARIANTS]:
        line = [f"**{variant}** (the centre)" if variant == CENTRE else variant]
        for engine in ENGINES:
            name = name_of(engine, variant)
            line += [_number(figures.median(name, "cpu_us")), f"{figures.median(name, 'per_second') or 0:,.0f}"]
        exact = name_of(EXACT, variant)
        rows.append(line + [_number(figures.median(exact, "redis_us")), _number(figures.median(exact, "redis_calls"), 3)])
    for name in (row["name"] for row in figures.section("variants") if row["name"].startswith(FLOOR)):
        floor = [name, _number(figures.median(name, "cpu_us")), f"{figures.median(name, 'per_second'):,.0f}"]
        rows.append(floor + [""] * 6)
    head = ["one thing changed"]
    for engine in ENGINES:
        head += [f"{engine}: CPU µs", "checks/s"]
    return _table(head + ["exact: Redis µs", "Redis calls"], rows)


def _proxies(figures: Figures) -> str:
    rows = []
    for what, alone, gated in PAIRS:
        slow = [f"{name} at {PROXY_RATE:,.0f}/s" for name in (alone, gated)]
        for name, at_rate in zip((alone, gated), slow):
            figure = lambda which, of=name: figures.median(of, which)
            rows.append([
                name, f"{figure('per_second'):,.0f}", _number(figure("cpu_us"), 1),
                _number(figure("cpu_us/postern"), 1) if "postern" in figures.roles(name) else "",
                _number(figure("redis_us"), 1) if name == gated else "",
                *(_latency(figures.median(at_rate, which)) for which in ("p50_us", "p99_us", "p999_us"))])
        less = lambda which, of: figures.median(of[1], which) - figures.median(of[0], which)
        rows.append([f"**added by {what}**", "", _number(less("cpu_us", (alone, gated)), 1), "", "",
                     *(_latency(less(which, slow)) for which in ("p50_us", "p99_us", "p999_us"))])
    return _table(["", "requests/s", "proxy CPU µs", "Postern CPU µs", "Redis CPU µs", f"p50 µs at {PROXY_RATE:,}/s",
                   "p99 µs", "p99.9 µs"], rows)


def _frameworks(figures: Figures) -> str:
    rows, versions = [], figures.document["about"]["versions"]
    for framework in dict.fromkeys(row["tags"]["framework"] for row in figures.section("frameworks")):
        own, off = f"{framework}, own auth", f"{framework}, auth off"
        cost = None if figures.median(off, "cpu_us") is None else figures.median(own, "cpu_us") - figures.median(off, "cpu_us")
        rows.append([f"{framework} {versions[framework]}", f"{figures.median(own, 'per_second'):,.0f}",
                     _number(figures.median(own, "cpu_us"), 0), _number(figures.median(off, "cpu_us"), 0), _number(cost, 0)])
    whole = figures.median(name_of(EXACT), "cpu_us")
    rows.append(["Postern exact, a whole check with a shared limit", f"{figures.median(name_of(EXACT), 'per_second'):,.0f}",
                 _number(whole, 0), "", ""])
    return _table(["", "requests/s", "CPU µs, own auth", "CPU µs, auth off", "auth alone"], rows)


def _stages(figures: Figures) -> str:
    found = figures.document.get("stages")
    if not found:
        return "Not measured: `perf` was not there."
    names = list(found)
    stages = {stage for shares in found.values() for stage in shares}
    stages = sorted(stages, key=lambda stage: (-found[names[-1]].get(stage, 0), stage))
    cpu = {name: figures.median(name, "cpu_us") for name in names}
    rows = []
    for stage in stages:
        line = [stage]
        for name in names:
            share = found[name].get(stage, 0.0)
            line += [f"{share * 100:.0f} %", _number(share * cpu[name])]
        rows.append(line)
    head = ["where"]
    for name in names:
        head += [name, "µs"]
    return _table(head, rows)


def _sizing(figures: Figures) -> str:
    """What one core is worth: from CPU per check alone, and with a third of it kept free."""
    rows = []
    for engine in ENGINES:
        name = name_of(engine)
        cpu, redis = figures.median(name, "cpu_us"), figures.median(name, "redis_us")
        per_redis = f"{0.7 * 1e6 / redis:,.0f}" if figures.median(name, "redis_calls") > 0.0005 and redis else "–"
        rows.append([engine, f"{0.7 * 1e6 / cpu:,.0f}", per_redis])
    return _table(["", "checks/s for each core of Postern, 70 % busy", "checks/s for one Redis, 70 % busy"], rows)


def _summary(figures: Figures) -> str:
    """README's: who costs how much, and nothing else."""
    about = figures.document["about"]
    words = {
        FLOOR: "a bare C epoll loop with a constant answer: the floor", STATIC: "nginx `return 200`",
        name_of(MEMORY): "**Postern**, limits in memory", name_of(LEASED): "**Postern**, limits leased from Redis",
        name_of(EXACT): "**Postern**, every check asking Redis",
        ENVOY_OWN: "Envoy, its own key filter and limits in its own memory", LUA: "nginx + Lua + Redis, same job, same script"}
    rows = []
    for name, word in words.items():
        redis = figures.median(name, "redis_us") if figures.median(name, "redis_calls") > 0.0005 else None
        rows.append([word, f"{figures.median(name, 'cpu_us'):.1f} µs", _ratio(figures, name, FLOOR),
                     "" if redis is None else f"{redis:.1f} µs"])
    met = [target["met"] for target in figures.document["targets"]]
    quick = " (a quick run: do not quote it)" if about["kind"] == "quick" else ""
    return (f"`make bench`, {about['began'][:10]}{quick}, {about['machine']['cpus']} cores of {about['machine']['cpu']}, "
            "one worker, 32 connections, 10,000 keys, the load generator on the same cores; medians of interleaved rounds:\n\n"
            + _table(["", "CPU per check", "× floor", "Redis CPU per check"], rows)
            + f"\n\nOf the {len(met)} targets that were set beforehand {met.count(True)} were met in that run; "
            "[which were missed](docs/performance.md#the-targets), and where the time goes, is on the page that the run wrote.")
