"""`--accept-all`: what is broken now, added to a file as `[[accept]]` entries. What stands there stays."""

import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from keystone_check import configuration
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.outcome import Outcome
from keystone_check.scratch import part


def entries(outcomes: Iterable[Outcome], cluster: str, reason: str, until: str) -> tuple[Acceptance, ...]:
    """One entry for each check and subject."""
    named = dict.fromkeys((outcome.check.id, outcome.finding.subject) for outcome in outcomes)
    return tuple(Acceptance(check, reason, until, _utf8(subject), _utf8(cluster)) for check, subject in named)


def _utf8(text: str) -> str:
    """TOML is UTF-8, and what is no character of it becomes the star that stands for any text."""
    return "".join("*" if "\ud800" <= char <= "\udfff" else char for char in text)


def add(path: Path, added: Sequence[Acceptance]) -> None:
    """Append the entries, all of them or none. The file is replaced at once, and read before that."""
    real = path.resolve()  # a link stays one
    before = _standing(real)
    header = "tool.keystone-check.accept" if real.name == configuration.PROJECT else "accept"
    tables = "\n".join(_table(header, entry) for entry in added)
    text = f"{before.rstrip()}\n\n{tables}" if before.strip() else tables
    _agree(path, before, text, header, added)
    _replace(real, text)


def _standing(path: Path) -> str:
    """The file's text; a file that we could not read as a configuration is left alone."""
    if not path.exists():
        return ""
    configuration.at(path)
    return path.read_bytes().decode("utf-8")  # with the line ends that it has


def _table(header: str, entry: Acceptance) -> str:
    said = {"check": entry.check, "subject": entry.subject, "cluster": entry.cluster, "reason": entry.reason}
    lines = [f"{key} = {_string(value)}" for key, value in said.items() if value]
    return "\n".join((f"[[{header}]]", *lines, f"until = {entry.until}", ""))


def _string(value: str) -> str:
    """A basic string of TOML, which is one of JSON in which DEL is escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _agree(path: Path, before: str, text: str, header: str, added: Sequence[Acceptance]) -> None:
    """What is to be written says what stood there and the new entries, or nothing is written."""
    try:
        accepted = tomllib.loads(text)
        for key in header.split("."):
            accepted = accepted[key]
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"entries cannot be added to {path}: {error}",
            "write its accept as [[accept]] tables, or name another file",
        ) from error
    assert isinstance(accepted, list), "a table in double brackets is a list"
    mine = accepted[-len(added) :]
    told = [(item["check"], item.get("subject", ""), str(item["until"])) for item in mine]
    assert told == [(entry.check, entry.subject, entry.until) for entry in added], (
        "what is written is read back"
    )
    assert text.startswith(before.rstrip()), "what stood there stays"


def _replace(path: Path, text: str) -> None:
    try:
        handle, name = part(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, name)
        else:
            os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} cannot be written: {error.strerror}", "name a file in a folder that you may write to"
    )
