"""A Postern to grow, and what the kernel says of it: its worker's time on a processor, and its memory."""
import json
import os
import socket
import subprocess
import time
from pathlib import Path

import requirements
from processes import Processes, free_port

SECRET = "not a secret outside this bench, 48 bytes of it.."
HERE = Path(__file__).resolve().parent
PAGE = os.sysconf("SC_PAGE_SIZE")
PROCESSOR = max(os.sched_getaffinity(0))
# Loading a million keys takes its time.
START_SECONDS = 120
BASE = """listen: [{{address: "127.0.0.1:{port}"}}]
admin: {{address: "127.0.0.1:{admin}"}}
workers: 1
trusted_proxies: [loopback]
bounds: {{connections: 10000}}
"""


class GrowthFailed(Exception):
    pass


class Grown:
    """One Postern. `text`: its configuration beside the listeners."""

    def __init__(self, name: str, text: str, processes: Processes, folder: Path):
        self.port, admin = free_port(), free_port()
        self._folder, file = folder, folder / f"{name}.yaml"
        file.write_text(BASE.format(port=self.port, admin=admin) + text)
        os.environ["BENCH_JWT_SECRET"] = SECRET
        began = time.monotonic()
        with (folder / f"{name}.log").open("wb") as log:
            command = [str(requirements.POSTERN), "serve", "--config", str(file)]
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        while not self._accepts():
            if self._child.poll() is not None or time.monotonic() - began > START_SECONDS:
                self.stop()
                raise GrowthFailed(f"{name} did not start: {(folder / f'{name}.log').read_text()[-1500:]}")
            time.sleep(0.005)
        self.start_seconds = time.monotonic() - began
        self.pid = self._child.pid

    def __enter__(self) -> "Grown":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def own_bytes(self) -> int:
        """Without the pages of files, which come and go as code is used."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()
        return (int(pages[1]) - int(pages[2])) * PAGE

    def worker(self) -> Path:
        """The thread that answers checks, after some that add nothing. By its name: while the process starts, another may
        be longer on a processor than they take."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        task = next(task for task in tasks if (task / "comm").read_text().strip() == "worker-0")
        self.drive(task, "key", -1, 1, 200)
        return task

    def drive(self, task: Path, kind: str, first: int, span: int, count: int) -> dict[str, float]:
        """growth/drive.c: `count` checks of the `span` from `first` on; each one's processor time in the worker."""
        with self.driving(task, kind, first, span, count) as child:
            output, errors = child.communicate()
        if child.returncode != 0:
            raise GrowthFailed(f"drive: {errors}")
        found = json.loads(output)
        if found["p50_ns"] == 0:
            raise GrowthFailed(f"{task} answers no checks")
        return found

    def driving(self, task: Path, kind: str, first: int, span: int, count: int) -> subprocess.Popen[str]:
        """The same while something else happens; what it prints is for the caller.

        Both are on one processor: one check at a time needs no more, and what it costs a virtual machine to wake another
        processor, some twenty microseconds, would be charged to whoever wakes."""
        command = [self._folder / "drive", self.port, task, kind, first, span, count, SECRET]
        os.sched_setaffinity(int(task.name), {PROCESSOR})
        return subprocess.Popen(
            ["taskset", "--cpu-list", str(PROCESSOR), *(str(word) for word in command)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)


def nanoseconds(task: Path) -> int:
    return int((task / "schedstat").read_text().split()[0])


def compile_drive(folder: Path) -> None:
    command = ["cc", "-O2", "-Wall", "-Wextra", "-o", folder / "drive", HERE / "drive.c", "-lcrypto"]
    subprocess.run(command, check=True)
