"""Draws what the bench found as SVG, with nothing but Python: lines over a growing thing, and stacked bars.

    plot.write(path, plot.lines("p99 against load", "requests/s", "µs", {"floor": [(1000, 80.0), …], …}))
    plot.write(path, plot.bars("CPU per check", "µs", {"floor": {"server": 6.3}, "exact": {"server": 9.7, "Redis": 5.6}}))

Every figure has its own white ground, so that it reads the same on a dark page, and a <title> and <desc> for who hears it.
It does not thin out points: what is drawn is what was measured. A log axis leaves out values that are not above 0.
"""
import math
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 74, 20, 46, 56
# Okabe and Ito's colours, which the colour-blind can tell apart; and a shape for each, for who prints in grey.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5a5a5a", "#000000"]
LEGEND_LINE = 16
BAR, BAR_GAP = 20, 9

Points = list[tuple[float, float]]


def write(path: Path, svg: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg)


class Axis:
    """Maps values to pixels, linear from 0 or logarithmic, with ticks that a person would have chosen."""

    def __init__(self, values: list[float], start: float, end: float, is_log: bool):
        self.is_log, self.start, self.end = is_log, start, end
        shown = [value for value in values if not is_log or value > 0] or [1.0]
        self.ticks = _decades(min(shown), max(shown)) if is_log else _round_steps(max(0.0, *shown))
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def at(self, value: float) -> float:
        if self.is_log:
            part = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def shows(self, value: float) -> bool:
        return not self.is_log or value > 0


def lines(
    title: str, x_label: str, y_label: str, series: dict[str, Points], x_log: bool = False, y_log: bool = False,
    mark: tuple[float, str] | None = None,
) -> str:
    """`series`: points by name, drawn in the order of x. `mark`: a dashed level across, such as a bound, and its name."""
    every = [point for points in series.values() for point in points]
    x = Axis([point[0] for point in every], LEFT, WIDTH - RIGHT, x_log)
    y = Axis([point[1] for point in every] + ([mark[0]] if mark else []), HEIGHT - BOTTOM, TOP, y_log)
    parts = [_axes(x, y, x_label, y_label)]
    if mark:
        level = y.at(mark[0])
        parts.append(f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="#b00020" stroke-dasharray="6 4"/>')
        parts.append(_text(WIDTH - RIGHT - 4, level - 5, mark[1], "end", "#b00020"))
    drawn = {name: [(x.at(a), y.at(b)) for a, b in sorted(points) if x.shows(a) and y.shows(b)]
             for name, points in series.items()}
    legend = _legend_start(drawn)
    for index, (name, shown) in enumerate(drawn.items()):
        colour = COLOURS[index % len(COLOURS)]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in shown)
        if path:
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_shape(index, a, b) for a, b in shown]
        parts.append(_shape(index, legend + 12, TOP + 8 + index * LEGEND_LINE))
        parts.append(_text(legend + 22, TOP + 12 + index * LEGEND_LINE, name))
    return _figure(title, f"{y_label} against {x_label}: {', '.join(series)}", HEIGHT, parts)


def _legend_start(drawn: dict[str, Points]) -> float:
    """The upper corner in which fewer points would lie under the legend; the left one where it is all the same."""
    width, bottom = 30 + 7 * max(map(len, drawn), default=0), TOP + 12 + LEGEND_LINE * len(drawn)
    def hidden(start: float) -> int:
        return sum(start <= a <= start + width and b <= bottom for points in drawn.values() for a, b in points)
    return min((LEFT, WIDTH - RIGHT - width), key=hidden)


def bars(title: str, unit: str, rows: dict[str, dict[str, float]], mark: tuple[float, str] | None = None) -> str:
    """Stacked, one bar a row, its parts from left to right; the same part has the same colour in every row."""
    names = list(dict.fromkeys(part for row in rows.values() for part in row))
    left = LEFT + max([len(row) for row in rows] + [0]) * 6
    height = TOP + LEGEND_LINE + len(rows) * (BAR + BAR_GAP) + BOTTOM
    totals = [sum(row.values()) for row in rows.values()]
    x = Axis(totals + ([mark[0]] if mark else []), left, WIDTH - RIGHT - 40, False)
    top, bottom = TOP + LEGEND_LINE, height - BOTTOM + 6
    parts = _x_ticks(x, top, bottom) + [_text((left + WIDTH) / 2, height - 14, unit, "middle")]
    legend = left
    for index, name in enumerate(names):
        parts.append(f'<rect x="{legend}" y="{TOP - 12}" width="11" height="11" fill="{COLOURS[index % len(COLOURS)]}"/>')
        parts.append(_text(legend + 15, TOP - 2, name))
        legend += 34 + len(name) * 7
    for number, (row, values) in enumerate(rows.items()):
        y = top + 6 + number * (BAR + BAR_GAP)
        parts.append(_text(left - 8, y + 14, row, "end"))
        done = 0.0
        for name, value in values.items():
            a, b = x.at(done), x.at(done + value)
            colour = COLOURS[names.index(name) % len(COLOURS)]
            parts.append(f'<rect x="{a:.1f}" y="{y}" width="{max(0.0, b - a):.1f}" height="{BAR}" fill="{colour}"/>')
            done += value
        parts.append(_text(x.at(done) + 5, y + 14, number_text(done)))
    if mark:
        level = x.at(mark[0])
        parts.append(f'<path d="M{level:.1f} {top}V{bottom}" stroke="#b00020" stroke-dasharray="6 4"/>')
        parts.append(_text(level + 4, bottom - 3, mark[1], "start", "#b00020"))
    return _figure(title, f"{unit}: " + "; ".join(f"{row} {number_text(sum(values.values()))}"
                                                   for row, values in rows.items()), height, parts)


def number_text(value: float) -> str:
    """As an axis says it: 0.25, 7, 12.5, 4k, 1M."""
    for size, letter in ((1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.4g}{letter}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0 ** power for power in range(first, max(last, first + 1) + 1)]


def _round_steps(high: float) -> list[float]:
    """From 0 past `high` in about five steps of 1, 2, 2.5 or 5 times a power of ten."""
    high = high if high > 0 else 1.0
    power = 10.0 ** math.floor(math.log10(high / 5))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part * 5.5 >= high)
    return [step * index for index in range(math.ceil(high / step) + 1)]


def _axes(x: Axis, y: Axis, x_label: str, y_label: str) -> str:
    parts = _x_ticks(x, TOP, HEIGHT - BOTTOM)
    for tick in y.ticks:
        level = y.at(tick)
        parts.append(f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="#e4e4e4"/>')
        parts.append(_text(LEFT - 8, level + 4, number_text(tick), "end"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_label, "middle"))
    parts.append(f'<g transform="rotate(-90 18 {middle})">{_text(18, middle, y_label, "middle")}</g>')
    parts.append(f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#333"/>')
    return "".join(parts)


def _x_ticks(x: Axis, top: float, bottom: float) -> list[str]:
    parts = []
    for tick in x.ticks:
        place = x.at(tick)
        parts.append(f'<path d="M{place:.1f} {top}V{bottom}" stroke="#e4e4e4"/>')
        parts.append(_text(place, bottom + 16, number_text(tick), "middle"))
    return parts


def _shape(index: int, x: float, y: float) -> str:
    colour = COLOURS[index % len(COLOURS)]
    kind = index % 3
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if kind == 1:
        return f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:.1f}" width="7.2" height="7.2" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 4.6:.1f}l4.4 8h-8.8z" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _figure(title: str, description: str, height: int, parts: list[str]) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" font-family="sans-serif" font-size="12">\n'
            f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n"
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
            f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" font-size="15" fill="#111">{escape(title)}</text>\n'
            + "\n".join(parts) + "\n</svg>\n")
