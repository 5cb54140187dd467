"""One Postern below a tool that counts: started, asked, and ended so that the tool writes what it found."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from guard.rows import ENVIRONMENT, Row
from processes import free_port

START_SECONDS, STOP_SECONDS = 60, 30


class ServerFailed(Exception):
    pass


class Server:
    """Use as a context manager. `before`: the command of the tool; `environment`: what it wants in there."""

    def __init__(
        self, program: Path, row: Row, folder: Path, redis_port: int, before: list[str] = [],
        environment: dict[str, str] = {},
    ):
        self.port, admin = free_port(), free_port()
        file, self._log = folder / f"{self.port}.yaml", folder / f"{self.port}.log"
        file.write_text(row.configuration(self.port, admin, redis_port))
        command = [*before, str(program), "serve", "--config", str(file)]
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
                env={**os.environ, **ENVIRONMENT, **environment})
        self._is_traced = before[:1] == ["strace"]

    def __enter__(self) -> "Server":
        try:
            self._wait()
        except ServerFailed:
            self._kill()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Ended by SIGTERM, as in service. What does not end, or ends badly, has counted nothing to be trusted."""
        try:
            os.kill(self.pid(), signal.SIGTERM)
            self._child.wait(STOP_SECONDS)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            self._kill()
        if kind is None and self._child.returncode != 0:
            raise ServerFailed(f"ended with {self._child.returncode}:\n{self._log.read_text(errors='replace')[-2000:]}")

    def pid(self) -> int:
        """strace is the server's parent; valgrind is the server."""
        if not self._is_traced:
            return self._child.pid
        children = Path(f"/proc/{self._child.pid}/task/{self._child.pid}/children").read_text().split()
        return int(children[0])

    def _wait(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self._child.poll() is not None or time.monotonic() > give_up:
                raise ServerFailed(f"did not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def _kill(self) -> None:
        try:
            os.killpg(self._child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._child.wait()
