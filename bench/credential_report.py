"""What each kind of credential adds to an API key's check, and that against libcrypto alone."""
import statistics

import report
from providers import API_KEY, CACHED, COLD, COLD_EVERY
from report import Runs, Target
from tokens import BareCost

Bares = dict[str, list[BareCost]]  # by row, one per round
# Issue "2 of 5", last point of "done".
CACHED_US_MAX, COLD_RATIO_MAX = 2.0, 1.5


def every(row: str) -> int:
    return COLD_EVERY[COLD[row]] if row in COLD else 1


def added_us(runs: Runs, row: str) -> float:
    """CPU per check of the row's kind beyond an API key's, by medians: a mixed row's difference is all its tokens'."""
    return (report.median(runs, row, "server_us") - report.median(runs, API_KEY, "server_us")) * every(row)


def added_in_rounds_us(runs: Runs, row: str) -> list[float]:
    return [(run.server_us - key.server_us) * every(row) for run, key in zip(runs[row], runs[API_KEY])]


def median_bare(bares: Bares, row: str, figure: str = "bare_us") -> float:
    return statistics.median(getattr(bare, figure) for bare in bares[row])


def ratio(runs: Runs, bares: Bares, row: str, figure: str = "bare_us") -> float | None:
    """What a cold token adds, in verifications by libcrypto alone. Medians, each of its own."""
    if row not in bares or API_KEY not in runs:
        return None
    return added_us(runs, row) / median_bare(bares, row, figure)


def targets(runs: Runs, bares: Bares) -> list[Target]:
    cached = added_us(runs, CACHED) if CACHED in runs and API_KEY in runs else None
    return [Target("cached JWT, CPU per check beyond an API key's", cached, CACHED_US_MAX, " µs")] + [
        Target(f"{row}, CPU per check beyond an API key's, against bare verify", ratio(runs, bares, row), COLD_RATIO_MAX)
        for row in COLD]


def table(runs: Runs, sizes: dict[str, int], credentials: dict[str, int], bares: Bares) -> str:
    """`1 in`: how many checks there are to one of the row's kind; `CPU` is over all of them, what is right of it over
    that one. The last two are sizes in bytes: of the credential as it is sent, and of its answer."""
    lines = [
        f"{'':16}{'checks/s':>9}{'p50 µs':>8}{'p99 µs':>8}{'1 in':>5}{'CPU µs':>8}{'spread':>12}{'beyond key':>11}{'spread':>14}"
        f"{'bare µs':>9}{'x bare':>7}{'arith. µs':>10}{'x':>6}{'credential':>11}{'answer':>7}"]
    for row in runs:
        lines.append(
            f"{row:16}{report.median(runs, row, 'per_second'):>9,.0f}{report.median(runs, row, 'p50_us'):>8,.0f}"
            f"{report.median(runs, row, 'p99_us'):>8,.0f}{every(row):>5}{report.median(runs, row, 'server_us'):>8.2f}"
            f"{_spread([run.server_us for run in runs[row]]):>12}{_added(runs, row)}{_bare(runs, bares, row)}"
            f"{credentials[row]:>11}{sizes[row]:>7}")
    return "\n".join(lines)


def _added(runs: Runs, row: str) -> str:
    if row == API_KEY or API_KEY not in runs:
        return f"{'-':>11}{'':14}"
    return f"{added_us(runs, row):>11.2f}{_spread(added_in_rounds_us(runs, row)):>14}"


def _bare(runs: Runs, bares: Bares, row: str) -> str:
    if row not in bares:
        return f"{'-':>9}{'':23}"
    found = [ratio(runs, bares, row, figure) for figure in ("bare_us", "arithmetic_us")]
    over_bare, over_arithmetic = ["-" if each is None else f"{each:.2f}" for each in found]
    return (f"{median_bare(bares, row):>9.2f}{over_bare:>7}{median_bare(bares, row, 'arithmetic_us'):>10.2f}"
            f"{over_arithmetic:>6}")


def _spread(figures: list[float]) -> str:
    return f"{min(figures):.1f}-{max(figures):.1f}"
