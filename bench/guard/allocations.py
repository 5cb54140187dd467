"""How many allocations a server makes while it is asked, and whose they are: bench/allocations' counter, read from here."""
import bisect
import mmap
import re
import struct
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "allocations"
# The layout of `struct page` in allocations.c.
FRAMES, STACKS, OBJECTS, NAME = 16, 1024, 64, 120
HEAD, OBJECT, STACK = struct.Struct("QQQ"), struct.Struct(f"QQ{NAME}s"), struct.Struct(f"QQ{FRAMES}Q")
STACKS_AT = HEAD.size + OBJECTS * OBJECT.size
SIZE = STACKS_AT + STACKS * STACK.size
CANARY_ALLOCATIONS = 10

# By the mangled name's module: what is neither NIO's nor the standard library's, and stands in the program, is ours.
MODULE = re.compile(r"_?\$[sS](\d+)(.*)")
NIO = ("NIO", "_NIO", "CNIO")


class WrongCount(Exception):
    pass


@dataclass(frozen=True)
class Found:
    """Of one stretch of work. `stacks`: how often, and the frames from the innermost out, as (object, address in it)."""
    total: int
    lost: int
    stacks: list[tuple[int, list[tuple[str, int]]]]


class SharedPage:
    """The page that the server and we share. `environment` makes a server count."""

    def __init__(self, library: Path, page: Path):
        self.environment = {"LD_PRELOAD": str(library), "ALLOCATIONS_FILE": str(page)}
        page.write_bytes(bytes(SIZE))
        with page.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)

    def start(self) -> None:
        self._page[8:24] = bytes(16)
        self._page[STACKS_AT:] = bytes(SIZE - STACKS_AT)
        self._page[0:8] = (1).to_bytes(8, "little")

    def stop(self) -> Found:
        self._page[0:8] = bytes(8)
        _, total, lost = HEAD.unpack_from(self._page)
        stacks = [STACK.unpack_from(self._page, STACKS_AT + index * STACK.size) for index in range(STACKS)]
        placed = [(count, [self._place(frame) for frame in frames if frame]) for hash_, count, *frames in stacks if hash_]
        return Found(total, lost, sorted(placed, key=lambda stack: -stack[0]))

    def _place(self, address: int) -> tuple[str, int]:
        for index in range(OBJECTS):
            base, end, name = OBJECT.unpack_from(self._page, HEAD.size + index * OBJECT.size)
            if base <= address < end:
                return name.rstrip(b"\0").decode(), address - base
        return "?", address


def compile_counter(folder: Path) -> Path:
    """The library to preload, which has found in a known program exactly what is there."""
    library, canary = folder / "allocations.so", folder / "canary"
    flags = ["cc", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(
        [*flags, "-O2", "-fno-omit-frame-pointer", "-shared", "-fPIC", "-o", library, HERE / "allocations.c"], check=True)
    subprocess.run([*flags, "-O0", "-o", canary, HERE / "canary.c"], check=True)
    counter = SharedPage(library, folder / "canary.page")
    with subprocess.Popen([canary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=counter.environment) as child:
        child.stdout.readline()
        counter.start()
        child.stdin.write(b"x")
        child.stdin.flush()
        child.stdout.readline()
        found = counter.stop()
    if (found.total, found.lost) != (CANARY_ALLOCATIONS, 0):
        raise WrongCount(f"the allocation counter found {found.total} of the canary's {CANARY_ALLOCATIONS}")
    return library


class Symbols:
    """The names in one program, for its frames."""

    def __init__(self, program: Path):
        done = subprocess.run(["nm", "--defined-only", "-n", program], check=True, capture_output=True, text=True)
        lines = [line.split(None, 2) for line in done.stdout.splitlines()]
        code = [(int(line[0], 16), line[2]) for line in lines if len(line) == 3 and line[1] in "tTwW"]
        self._starts, self._names = [start for start, _ in code], [name for _, name in code]

    def name(self, address: int) -> str:
        place = bisect.bisect_right(self._starts, address) - 1
        return self._names[place] if place >= 0 else "?"


def owner(frames: list[tuple[str, int]], symbols: Symbols) -> tuple[str, str]:
    """Whose allocation it is, "ours", "NIO" or a library's name, and the function. The innermost frame that is not of
    the runtime's allocator decides; a generic of the standard library belongs to who calls it."""
    for library, address in frames:
        if library:
            short = Path(library).name.partition(".so")[0]
            if short in ("libc", "libswiftCore", "allocations", "?") or short.startswith("ld-"):
                continue
            return short, "?"
        name = symbols.name(address - 1)
        found = MODULE.match(name)
        if not found:
            if name.startswith(("$sS", "$ss", "swift_", "_swift", "__swift")):
                continue
            return ("NIO" if "nio" in name.lower() else "ours"), name
        module = found.group(2)[:int(found.group(1))]
        return ("NIO" if module.startswith(NIO) else "ours"), name
    return "the runtime", "?"


def by_owner(found: Found, symbols: Symbols) -> Counter:
    counts: Counter = Counter()
    for count, frames in found.stacks:
        counts[owner(frames, symbols)[0]] += count
    return counts


def explain(found: Found, symbols: Symbols, most: int = 6) -> str:
    """The stacks that allocate most, for who must find out why."""
    lines = []
    for count, frames in found.stacks[:most]:
        lines.append(f"    {count} ×  {owner(frames, symbols)[0]}")
        lines += [f"        {symbols.name(address - 1) if not library else Path(library).name}"
                  for library, address in frames[:10]]
    done = subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(lines), capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else "\n".join(lines)
