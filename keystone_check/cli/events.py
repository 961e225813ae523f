"""`--events`: what a run does while it does it, one JSON object a line, for a program that watches.

`{"event": "reading", "source": "AWS", "what": "roles"}` for each read as it begins, `{"event": "outcome", …}`
for each judgement as `--format json` has it, and `{"event": "end", "exit_code": 0, "verdict": "holds"}`.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from keystone_check.cli.progress import Progress
from keystone_check.errors import UsageError
from keystone_check.reports.as_json import outcome, shown
from keystone_check.reports.report import Report


class Events:
    """Where they go; a line is written whole and at once, whichever thread tells."""

    def __init__(self, stream: TextIO | None, file: str = "") -> None:
        self._stream = stream
        self._file = file
        self._lock = threading.Lock()

    def following(self, tell: Progress) -> Progress:
        """The same progress, told here too."""
        if self._stream is None:
            return tell

        def both(source: str, what: str) -> None:
            self._tell({"event": "reading", "source": source, "what": what})
            tell(source, what)

        return both

    def report(self, report: Report) -> None:
        """What a look came to."""
        if self._stream is None:
            return
        for item in report.diagnosis.outcomes:
            self._tell({"event": "outcome", **outcome(item, report)})
        self._tell({"event": "end", "exit_code": report.exit_code, "verdict": report.verdict.word})

    def _tell(self, event: Mapping[str, object]) -> None:
        assert self._stream is not None
        line = f"{json.dumps(shown(event), ensure_ascii=True)}\n"
        try:
            with self._lock:
                self._stream.write(line)
                self._stream.flush()
        except OSError as error:
            raise _refused(self._file, error) from error


@contextmanager
def events(file: str, stderr: TextIO) -> Iterator[Events]:
    """Events for this file, for stderr where it is `-`, for nobody where it is empty."""
    if file in ("", "-"):
        yield Events(stderr if file else None, "standard error")
        return
    try:
        stream = open(file, "w", encoding="utf-8")  # noqa: SIM115  # only its opening is to be translated
    except OSError as error:
        raise _refused(file, error) from error
    try:
        yield Events(stream, file)
    finally:
        _close(stream, file)


def _close(stream: TextIO, file: str) -> None:
    """Closing writes once more what a full disk did not take."""
    try:
        stream.close()
    except OSError as error:
        raise _refused(file, error) from error


def _refused(file: str, error: OSError) -> UsageError:
    return UsageError(f"{file} cannot be written: {error.strerror}", "name another file for --events")
