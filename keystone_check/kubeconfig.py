"""The names in a kubeconfig: its contexts and the current one. Nothing secret in it is looked at."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keystone_check.errors import UsageError


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What can be named, from which files."""

    files: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    current: str = ""


def read(path: str = "", environ: Mapping[str, str] = os.environ) -> Kubeconfig:
    """The contexts of one file, or of those that KUBECONFIG lists, or of ~/.kube/config.

    Files that KUBECONFIG lists and that do not exist are passed over, and the first file that sets a
    current context wins, as with kubectl. A file given by name has to be there.
    """
    listed = environ.get("KUBECONFIG", "") or str(
        Path(environ.get("HOME", "~")).expanduser() / ".kube/config"
    )
    paths = [path] if path else [item for item in listed.split(os.pathsep) if item]
    found = [(item, document) for item in paths if (document := _document(item, must=bool(path))) is not None]
    contexts = [name for item, document in found for name in _contexts(item, document)]
    return Kubeconfig(
        files=tuple(item for item, _ in found),
        contexts=tuple(dict.fromkeys(contexts)),
        current=next(
            (
                _text(document.get("current-context"))
                for _, document in found
                if document.get("current-context")
            ),
            "",
        ),
    )


def _document(path: str, must: bool) -> Mapping[str, object] | None:
    import yaml  # a dependency of kubernetes; only reading contexts pays for it

    try:
        loaded = yaml.safe_load(Path(path).read_text("utf-8"))
    except FileNotFoundError as error:
        if not must:
            return None
        raise UsageError(
            f"the kubeconfig {path} does not exist", "check --kubeconfig or KUBECONFIG"
        ) from error
    except IsADirectoryError as error:
        raise UsageError(f"the kubeconfig {path} is a folder", "name the file in it") from error
    except OSError as error:
        raise UsageError(
            f"the kubeconfig {path} cannot be read: {error.strerror}", "check its owner and mode"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _not_yaml(
            path, error
        ) from None  # the original quotes the lines around the mistake, secrets and all
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise UsageError(
            f"the kubeconfig {path} holds a {type(loaded).__name__}, not a mapping",
            "check --kubeconfig or KUBECONFIG",
        )
    return loaded


def _not_yaml(path: str, error: Exception) -> UsageError:
    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1})" if mark else ""
    return UsageError(
        f"the kubeconfig {path} is not YAML{where}",
        f"kubectl --kubeconfig {path} config view shows what kubectl makes of it",
    )


def _contexts(path: str, document: Mapping[str, object]) -> list[str]:
    entries = document.get("contexts") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(
            f"the kubeconfig {path} has contexts that are not a list of mappings",
            "check --kubeconfig or KUBECONFIG",
        )
    return [name for entry in entries if (name := _text(entry.get("name")))]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
