"""Starts what the bench needs and stops it again, each by its own pid, whatever happens in between."""
import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable

START_SECONDS = 15.0
STOP_SECONDS = 3.0
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class StartFailed(Exception):
    pass


def free_port() -> int:
    """A TCP port of loopback that was free a moment ago. Another process may take it first: the start then fails."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _in_child() -> None:
    # Own session: Ctrl-C reaches the bench only, which then stops everything in order.
    # Death signal: a bench killed with -9 leaves nothing behind.
    os.setsid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """The children of one run. Use as a context manager."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._children: list[tuple[str, subprocess.Popen]] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for _, child in reversed(self._children):
            if child.poll() is None:
                child.terminate()
        for _, child in reversed(self._children):
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def start(self, name: str, command: list[str], port: int) -> int:
        """Starts a server and waits until `port` accepts. Returns its pid. Output goes to <folder>/<name>.log."""
        pid = self.launch(name, command)
        self.wait(name, lambda: accepts(port))
        return pid

    def start_at(self, name: str, command: list[str], path: Path) -> int:
        """The same for a server on a unix socket."""
        pid = self.launch(name, command)
        self.wait(name, path.is_socket)
        return pid

    def launch(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> int:
        """Does not wait. `environment` is beside what this process has."""
        with self._log(name).open("wb") as out:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._folder, preexec_fn=_in_child,
                env=os.environ | (environment or {}))
        self._children.append((name, child))
        return child.pid

    def wait(self, name: str, is_up: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        child = next(child for known, child in self._children if known == name)
        give_up = time.monotonic() + seconds
        while not is_up():
            if child.poll() is not None or time.monotonic() > give_up:
                raise StartFailed(f"{name} did not start\n{_tail(self._log(name))}")
            time.sleep(0.02)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def check_alive(self) -> None:
        for name, child in self._children:
            if child.poll() is not None:
                raise StartFailed(f"{name} ended with {child.returncode}\n{_tail(self._log(name))}")

    def state(self) -> str:
        """Every child, whether it lives, and what it said: the folder is gone once a run has failed."""
        return "\n".join(
            f"-- {name}, pid {child.pid}, {'running' if child.poll() is None else f'ended {child.returncode}'}\n"
            f"{_tail(self._log(name))}" for name, child in self._children)


def only_child_of(pid: int) -> int:
    """nginx's one worker: the master does none of the work. It is forked only after the port accepts."""
    children: list[str] = []
    give_up = time.monotonic() + START_SECONDS
    while not children and time.monotonic() < give_up:
        time.sleep(0.02)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if len(children) != 1:
        raise StartFailed(f"expected one worker below pid {pid}, found {len(children)}")
    return int(children[0])


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(lines if len(lines) <= 50 else [*lines[:35], "...", *lines[-15:]])  # a crash says why first
