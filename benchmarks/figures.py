"""What a benchmark measures beside what is promised, in one form for all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit of a figure; `least` says that it is a lower one."""

    what: str
    unit: str
    limit: float
    least: bool = False

    def kept(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit

    def __str__(self) -> str:
        return f"at {'least' if self.least else 'most'} {self.limit:,g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; without a promise it is there to be read beside the others."""

    what: str
    unit: str
    value: float
    promise: Promise | None = None

    @property
    def broken(self) -> bool:
        return self.promise is not None and not self.promise.kept(self.value)

    def __str__(self) -> str:
        written = f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:,.3g}"
        promised = f"promised: {self.promise}" if self.promise else ""
        return f"{self.what:<66} {written:>9} {self.unit:<10} {promised}{'  BROKEN' if self.broken else ''}"


def measured(promise: Promise, value: float) -> Figure:
    """The figure that a promise is about."""
    return Figure(promise.what, promise.unit, value, promise)
