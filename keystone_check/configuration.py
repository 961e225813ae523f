"""The configuration file: `[clusters.NAME]`, `[[accept]]` and `checks` in keystone-check.toml, or the same
under `[tool.keystone-check]` in pyproject.toml, in the working folder or the nearest folder above it that has
one."""

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from keystone_check import acceptance
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.world import Binding, Expected
from keystone_check.near import did_you_mean

FILE = "keystone-check.toml"
PROJECT = "pyproject.toml"
RESERVED = "sandbox"


@dataclass(frozen=True, slots=True)
class Configured:
    """One `[clusters.NAME]` table. What the user left out has the value that means: find it out."""

    context: str = ""
    kubeconfig: str = ""
    profile: str = ""
    region: str = ""
    aws_endpoint: str = ""
    issuer: str = ""
    audience: str = ""
    bindings: tuple[Binding, ...] = ()
    namespace: str = ""
    selector: str = ""
    budget: float = Access("").budget_seconds
    request_timeout: float = Access("").request_seconds
    connect_to: tuple[tuple[str, str], ...] = ()
    session_seconds: int = Expected().session_seconds

    def expected(self) -> Expected:
        """What the table says should be."""
        said = Expected(issuer=self.issuer, bindings=self.bindings, session_seconds=self.session_seconds)
        return replace(said, audience=self.audience) if self.audience else said

    def access(self, name: str) -> Access:
        """How the cluster of this table is reached."""
        return Access(
            name=name,
            kubeconfig=self.kubeconfig,
            context=self.context,
            namespace=self.namespace,
            selector=self.selector,
            profile=self.profile,
            region=self.region,
            aws_endpoint=self.aws_endpoint,
            connect_to=self.connect_to,
            budget_seconds=self.budget,
            request_seconds=self.request_timeout,
            expected=self.expected(),
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the user described, and the file that describes it."""

    path: Path | None = None
    clusters: Mapping[str, Configured] = field(default_factory=dict)
    accept: tuple[Acceptance, ...] = ()
    checks: tuple[Path, ...] = ()
    """Folders of the user's own checks."""
    targets: tuple[str, ...] = ()
    """What a look is judged for, as `--target` takes it."""


def find(folder: Path) -> Configuration:
    """The configuration that holds in `folder`; an empty one where there is none."""
    for parent in (folder, *folder.parents):
        for path, table in _tables(parent):
            return _configuration(path, table)
    return Configuration()


def at(path: Path) -> Configuration:
    """The configuration of this very file; UsageError where it has none."""
    table = _toml(path)
    if table is None:
        raise UsageError(f"there is no file {path}", "correct its name")
    if path.name == PROJECT:
        table = dict(_tables(path.parent, own=False)).get(path, {})
    return _configuration(path, table)


def _configuration(path: Path, table: Mapping[str, object]) -> Configuration:
    _known(f"{path}", table, ("clusters", "accept", "checks", "targets"))
    return Configuration(
        path,
        _clusters(path, table),
        acceptance.read(f"{path}: accept", table.get("accept", [])),
        _folders(path, table.get("checks", [])),
        _targets(f"{path}: targets", table.get("targets", [])),
    )


def _folders(path: Path, value: object) -> tuple[Path, ...]:
    """Like a kubeconfig, a folder is meant from the file that names it."""
    if not isinstance(value, list):
        raise _wrong(f"{path}: checks", "a list of folders", value)
    named = (_text(f"{path}: checks[{number}]", item) for number, item in enumerate(value))
    return tuple(path.parent / Path(name).expanduser() for name in named)


def _targets(where: str, value: object) -> tuple[str, ...]:
    """The words alone; what they ask for is read where a look is judged."""
    if not isinstance(value, list):
        raise _wrong(where, "a list such as ['karpenter=1.14']", value)
    return tuple(_text(f"{where}[{number}]", item) for number, item in enumerate(value))


def _tables(folder: Path, *, own: bool = True) -> Iterator[tuple[Path, Mapping[str, object]]]:
    ours = folder / FILE
    if own and (document := _toml(ours)) is not None:
        yield ours, document
    project = folder / PROJECT
    tool = (_toml(project) or {}).get("tool")
    if isinstance(tool, dict) and "keystone-check" in tool:
        yield project, _table(f"{project}: tool.keystone-check", tool["keystone-check"])


def _toml(path: Path) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check its owner and mode") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}", "correct that line") from error


def _clusters(path: Path, table: Mapping[str, object]) -> Mapping[str, Configured]:
    named = _table(f"{path}: clusters", table.get("clusters", {}))
    return {name: _configured(path, name, value) for name, value in named.items()}


def _configured(path: Path, name: str, value: object) -> Configured:
    where = f"{path}: clusters.{name}"
    if name == RESERVED or name.startswith(f"{RESERVED}:"):
        raise UsageError(f"{where}: this name means the embedded cluster", "give yours another name")
    table = _table(where, value)
    _known(where, table, READERS)
    read = {key: READERS[key](f"{where}.{key}", item) for key, item in table.items()}
    configured = Configured(**read)  # type: ignore[arg-type]  # each reader gives its field's type; a test compares
    return replace(configured, kubeconfig=_beside(path, configured.kubeconfig))


def _beside(path: Path, kubeconfig: str) -> str:
    """A relative kubeconfig is meant from the file that names it, wherever the command is run."""
    return str(path.parent / Path(kubeconfig).expanduser()) if kubeconfig else ""


def _known(where: str, table: Mapping[str, object], keys: Mapping[str, object] | tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            raise UsageError(f"{where}: there is no setting {key!r}", did_you_mean(key, keys))


def _wrong(where: str, wanted: str, value: object) -> UsageError:
    return UsageError(f"{where} is {value!r}", f"it must be {wanted}")


def _table(where: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(where, "a table", value)
    return value


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "a string", value)
    return value


def _seconds(where: str, value: object) -> float:
    # bool is an int to Python, and `budget = true` is a mistake
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise _wrong(where, "a number of seconds above 0", value)
    return float(value)


def _session_seconds(where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 900 <= value <= 43200:
        raise _wrong(where, "a whole number of seconds from 900 to 43200", value)
    return value


def _bindings(where: str, value: object) -> tuple[Binding, ...]:
    if not isinstance(value, list):
        raise _wrong(where, "a list of {namespace, service_account, role_arn}", value)
    return tuple(_binding(f"{where}[{number}]", item) for number, item in enumerate(value))


def _binding(where: str, value: object) -> Binding:
    table, keys = _table(where, value), ("namespace", "service_account", "role_arn")
    _known(where, table, keys)
    for key in keys:
        if not table.get(key):
            raise UsageError(f"{where} has no {key}", f"a binding names all of {', '.join(keys)}")
    return Binding(*(_text(f"{where}.{key}", table[key]) for key in keys))


def _connect_to(where: str, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _wrong(where, 'a table such as {"oidc.example.org" = "10.0.0.5:8443"}', value)
    return tuple((host, _address(f"{where}.{host}", item)) for host, item in value.items())


def _address(where: str, value: object) -> str:
    host, _, port = _text(where, value).rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise _wrong(where, "ADDRESS:PORT", value)
    return f"{host}:{port}"


_SPECIAL: Mapping[str, Callable[[str, object], object]] = {
    "bindings": _bindings,
    "budget": _seconds,
    "request_timeout": _seconds,
    "connect_to": _connect_to,
    "session_seconds": _session_seconds,
}
READERS: Mapping[str, Callable[[str, object], object]] = {
    item.name: _SPECIAL.get(item.name, _text) for item in fields(Configured)
}
"""How each setting is read: text, but for the few that are not."""
