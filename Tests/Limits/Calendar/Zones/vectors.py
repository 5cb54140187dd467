#!/usr/bin/env python3
"""Writes zones.txt and windows.txt beside itself: zones as zic compiles them, and the calendar windows that
Python's zoneinfo, another reader of the same files, finds in them.

zones.txt:   NAME BASE64 of the TZif file (slim: the changes to come are in its footer)
windows.txt: ZONE UNIT INSTANT START END NEXT_END, in seconds since 1970

Needs zic and the system's tzdata.zi. The zones are those with the oddest clocks; see ODD.
"""
import base64, datetime as D, io, pathlib, random, subprocess, tempfile, zoneinfo

ODD = {
    "Europe/Berlin": "the ordinary case",
    "Europe/Dublin": "summer is standard time, winter is set back",
    "Europe/Lisbon": "changed its offset for good more than once",
    "America/St_Johns": "half hours, and changes at 00:01 until 2011",
    "America/Havana": "summer begins at midnight, which is skipped",
    "America/Sao_Paulo": "skipped midnights, and no summer time now",
    "America/Nuuk": "changes on the evening before",
    "Australia/Lord_Howe": "changes by half an hour",
    "Pacific/Apia": "skipped the whole of 2011-12-30",
    "Africa/Casablanca": "changes by the moon, listed until 2087",
    "Asia/Kathmandu": "three quarters of an hour",
}
HERE = pathlib.Path(__file__).parent
EPOCH = D.datetime(1970, 1, 1)
UNITS = ["minute", "hour", "day", "week", "month", "year"]


def compiled():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["zic", "-b", "slim", "-d", out, "/usr/share/zoneinfo/tzdata.zi"], check=True)
        return {name: (pathlib.Path(out) / name).read_bytes() for name in ODD}


def offset(zone, t):
    at = (EPOCH + D.timedelta(seconds=t)).replace(tzinfo=D.timezone.utc)
    return int(at.astimezone(zone).utcoffset().total_seconds())


def changes(zone, start, end):
    found, t = [], start
    while t < end:
        low, high = t, t + 6 * 3600
        if offset(zone, low) != offset(zone, high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == offset(zone, t) else (low, middle)
            found.append(high)
        t = high
    return found


def beginning(zone, cuts, midnight):
    """The first instant whose local time is midnight or later."""
    start, end = midnight - 27 * 3600, midnight + 27 * 3600
    edges = [start] + [cut for cut in cuts if start < cut < end] + [end]
    for low, high in zip(edges, edges[1:]):
        first = max(low, midnight - offset(zone, low))
        if first < high:
            return first


def midnight(local, unit, step):
    day = local.date()
    if unit == "day":
        day += D.timedelta(days=step)
    elif unit == "week":
        day += D.timedelta(days=7 * step - day.weekday())
    elif unit == "month":
        month = day.year * 12 + day.month - 1 + step
        day = D.date(month // 12, month % 12 + 1, 1)
    else:
        day = D.date(day.year + step, 1, 1)
    return int((D.datetime(day.year, day.month, day.day) - EPOCH).total_seconds())


def clock(zone, cuts, length, t):
    start = (t + offset(zone, t)) // length * length - offset(zone, t)
    end = start + length
    return (max([start] + [c for c in cuts if start < c <= t]), min([end] + [c for c in cuts if t < c < end]))


def window(zone, cuts, unit, t):
    if unit in ("minute", "hour"):
        length = 60 if unit == "minute" else 3600
        start, end = clock(zone, cuts, length, t)
        return start, end, clock(zone, cuts, length, end)[1]
    local = EPOCH + D.timedelta(seconds=t + offset(zone, t))
    edges = sorted({beginning(zone, cuts, midnight(local, unit, step)) for step in range(-3, 6)})
    index = max(i for i, edge in enumerate(edges) if edge <= t)
    return edges[index], edges[index + 1], edges[index + 2]


def main():
    random.seed(27)
    files = compiled()
    (HERE / "zones.txt").write_text(
        "".join(f"{name} {base64.b64encode(data).decode()}\n" for name, data in files.items()))
    lines = []
    for name, data in files.items():
        zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data))
        for year in (1987, 2011, 2026, 2050):
            begin = int((D.datetime(year, 1, 1) - EPOCH).total_seconds())
            cuts = changes(zone, begin - 400 * 86400, begin + 1200 * 86400)
            near = [cut for cut in cuts if begin <= cut < begin + 366 * 86400][:3]
            instants = [begin, begin + random.randrange(366 * 86400)]
            instants += [cut + step for cut in near for step in (-1, 0, random.randrange(-90000, 90000))]
            for t in instants:
                for unit in UNITS if year == 2011 else random.sample(UNITS, 3):
                    lines.append(" ".join(map(str, (name, unit, t, *window(zone, cuts, unit, t)))))
    (HERE / "windows.txt").write_text("\n".join(lines) + "\n")


main()
