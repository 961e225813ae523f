"""How K3s is started on this server: its configuration files and its unit, as K3s itself puts them together.

1. `config.yaml` first, then `config.yaml.d/*.yaml` and `*.yml` in the order of their names.
2. Of one key the last file counts; `key+` adds to what the files before it said.
3. The words of the unit come after those of the files (pkg/configfilearg/parser.go).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from keystone_check.model.declared import Declared, Setting
from keystone_check.probes.arguments import ARGUMENT, DOMAIN, after, kept
from keystone_check.probes.documents import documents
from keystone_check.probes.profile import options_apart
from keystone_check.probes.refusals import ReadError

CONFIG = "etc/rancher/k3s/config.yaml"
UNITS = (
    "etc/systemd/system/k3s.service",
    "run/systemd/system/k3s.service",
    "usr/local/lib/systemd/system/k3s.service",
    "usr/lib/systemd/system/k3s.service",
    "lib/systemd/system/k3s.service",
)
"""Where systemd looks, the first of them counts."""
_KEY, _DOMAIN_KEY = ARGUMENT.removeprefix("--"), DOMAIN.removeprefix("--")
_FILE = "K3S_CONFIG_FILE"


def declared(root: str) -> Declared:
    """What the files under this root start the API server with. ReadError where there is no server."""
    place = Path(root)
    unit = next((found for name in UNITS if (found := place / name).is_file()), None)
    words, config = _unit(place, unit) if unit else ((), "")
    files = list(_files(place, config))
    if unit is None and not files:
        raise ReadError(f"--host: there is no K3s under {root}: neither /{CONFIG} nor k3s.service")
    if "agent" in words[:2]:
        raise ReadError("--host: k3s.service starts an agent, which has no API server")
    settings = [setting for file in files for setting in _settings(place, file)]
    said = kept(after(words, ARGUMENT))
    if unit is not None and said:
        settings.append(Setting(f"/{unit.relative_to(place)}", said, adds=True))
    domains = [value for file in files for value in _domains(place, file)]
    domain = (*after(words, DOMAIN), *reversed(domains), "cluster.local")[0]
    return Declared(settings=tuple(settings), cluster_domain=domain)


def _unit(root: Path, unit: Path) -> tuple[tuple[str, ...], str]:
    """The words after the program, and the configuration file that they name."""
    lines = [line for file in (unit, *_drop_ins(root, unit)) for line in _lines(file)]
    started = ""
    config = ""
    for name, _, value in (line.partition("=") for line in lines):
        if name.strip() == "ExecStart":
            started = value.strip()  # an empty one takes back what was said before
        elif name.strip() == "Environment" and _FILE in value:
            config = _assigned(value, config)
        elif name.strip() == "EnvironmentFile":
            file = root / value.strip().removeprefix("-").lstrip("/")
            config = _assigned(" ".join(_lines(file)) if file.is_file() else "", config)
    words = options_apart(_split(started, unit)[1:])
    return words, (*after(words, "--config"), *after(words, "-c"), config)[0]


def _drop_ins(root: Path, unit: Path) -> list[Path]:
    folders = {unit.with_name("k3s.service.d"), root / "etc/systemd/system/k3s.service.d"}
    return sorted((file for folder in folders for file in folder.glob("*.conf")), key=lambda it: it.name)


def _assigned(text: str, before: str) -> str:
    """What K3S_CONFIG_FILE is set to. Nothing else is kept: the file holds the cluster's token."""
    for word in text.replace('"', "").replace("'", "").split():
        name, _, value = word.partition("=")
        if name == _FILE:
            before = value
    return before


def _split(text: str, unit: Path) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ReadError(f"--host: ExecStart of {unit.name} cannot be split into words: {error}") from error


def _lines(file: Path) -> list[str]:
    """The file's lines, with those that end in a backslash joined to the next."""
    return _text(file).replace("\\\n", " ").splitlines()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        hint = "look as root: K3s keeps its files to itself" if isinstance(error, PermissionError) else ""
        raise ReadError(f"--host: {file.name} cannot be read: {said}", hint) from error


def _files(root: Path, config: str) -> Iterator[Path]:
    first = root / (config.lstrip("/") or CONFIG)
    try:
        if first.is_file():
            yield first
        folder = first.with_name(f"{first.name}.d")
        if folder.is_dir():
            yield from (it for it in sorted(folder.iterdir()) if it.suffix.lower() in (".yaml", ".yml"))
    except PermissionError as error:
        hint = "look as root: K3s keeps its files to itself"
        raise ReadError(f"--host: {first.parent} cannot be read: {error.strerror}", hint) from error


def _settings(root: Path, file: Path) -> Iterator[Setting]:
    """One for each key of the file that sets arguments of the API server."""
    for key, value in _read(file).items():
        if key.removesuffix("+") == _KEY:
            words = tuple(str(item) for item in (value if isinstance(value, list) else [value]))
            yield Setting(f"/{file.relative_to(root)}", kept(words), adds=key.endswith("+"))


def _domains(root: Path, file: Path) -> Iterator[str]:
    found = _read(file).get(_DOMAIN_KEY)
    if isinstance(found, str):
        yield found


def _read(file: Path) -> Mapping[str, Any]:
    found: Sequence[Any] = documents(_text(file), f"--host: {file.name}")
    if len(found) > 1 or any(not isinstance(item, dict) for item in found):
        raise ReadError(f"--host: {file.name} is no mapping of options")
    return {str(key): value for item in found for key, value in item.items()}
