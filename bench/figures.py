"""A finished run's document, as bench/results keeps it: rows by name, and medians over their runs."""
import json
import statistics
from pathlib import Path


class Figures:
    def __init__(self, document: dict):
        self.document = document
        self.rows = {row["name"]: row for row in document["rows"]}

    @classmethod
    def read(cls, path: Path) -> "Figures":
        return cls(json.loads(path.read_text()))

    def section(self, name: str) -> list[dict]:
        return [row for row in self.rows.values() if row["section"] == name]

    def all(self, name: str, figure: str) -> list[float]:
        """One per run. `cpu_us` is that of the role the row is about; `cpu_us/ROLE` any other's; so is `memory_mb`."""
        figure, _, role = figure.partition("/")
        found = []
        for run in self.rows[name]["runs"] if name in self.rows else []:
            value = run[figure]
            found.append(value.get(role or next(iter(value)), 0.0) if isinstance(value, dict) else value)
        return found

    def median(self, name: str, figure: str) -> float | None:
        every = self.all(name, figure)
        return statistics.median(every) if every else None

    def spread(self, name: str, figure: str) -> tuple[float, float]:
        every = self.all(name, figure)
        return min(every), max(every)

    def roles(self, name: str) -> list[str]:
        return list(self.rows[name]["runs"][0]["cpu_us"])
