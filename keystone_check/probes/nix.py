"""The Nix profile of a host as `nix eval` gives it, or as a file that somebody evaluated before.

1. The whole of `nixosConfigurations` is named, and a function picks the host: a wrong name is answered with
   the right ones.
2. Only the options that are asked for are evaluated; one that the profile does not have is null.
3. Nothing is built or written: pure, no import from derivation, no lock file, no flake's own nix settings.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from keystone_check.model.declared import Declared
from keystone_check.near import did_you_mean
from keystone_check.probes.limits import Limits
from keystone_check.probes.profile import profile
from keystone_check.probes.refusals import ReadError
from keystone_check.reports.printable import printable

_APPLY = """
cs: if !(builtins.isAttrs cs && cs ? ${HOST}) then
  { hosts = if builtins.isAttrs cs then builtins.attrNames cs else []; }
else let
  config = cs.${HOST}.config or {};
  of = set: name: read:
    let found = set.${name} or null; in if builtins.isAttrs found then read found else found;
in {
  keystone = of (config.keystone or {}) "cluster" (c: {
    enable = c.enable or null;
    oidc = of c "oidc" (o: { enable = o.enable or null; issuerUrl = o.issuerUrl or null; });
    operators = of c "operators" (os: {
      karpenter = of os "karpenter" (o: {
        enable = o.enable or null;
        iamRoleArn = o.iamRoleArn or null;
        defaultNodePool = of o "defaultNodePool" (p: {
          instanceTypes = p.instanceTypes or null;
          capacityTypes = p.capacityTypes or null;
        });
      });
      ack = of os "ack" (o: {
        enable = o.enable or null;
        controllers = o.controllers or null;
        iamRoleArn = o.iamRoleArn or null;
      });
    });
  });
  extraFlags = config.services.k3s.extraFlags or null;
}
"""
OPTIONS = (
    ("pure-eval", "true"),
    ("allow-import-from-derivation", "false"),
    ("accept-flake-config", "false"),
    ("eval-cache", "false"),
    ("max-jobs", "0"),
    ("warn-dirty", "false"),
)
LONGEST = 3600.0
"""Seconds, where nobody gave a budget."""
_ERROR = re.compile(r"^\s*error: *(?P<said>\S.*)$", re.MULTILINE)
_PLACE = re.compile(r"\bat (?:/nix/store/[a-z0-9]{32}-)?(?:source/)?(?P<file>\S*?):(?P<line>\d+)(?::\d+)?:?")
_MEANT = (
    (re.compile(r"does not provide attribute .*nixosConfigurations"), "the flake has no nixosConfigurations"),
    (re.compile(r"flake\.nix': No such file|could not find a flake\.nix"), "there is no flake.nix"),
    (
        re.compile(r"forbidden in pure eval"),
        "the profile reads what is outside of the flake",
    ),
    (
        re.compile(r"allow-import-from-derivation"),
        "the profile imports what it would have to build first (import from derivation)",
    ),
    (re.compile(r"unable to download|Couldn't resolve host"), "an input is not on this machine"),
)


def declared(given: str, limits: Limits) -> Declared:
    """What the profile `FLAKE#HOST`, or the file, declares. ReadError, in a sentence, where nothing tells."""
    where = f"--nix {given}"
    flake, hashed, host = given.partition("#")
    if not hashed:
        return profile(_file(Path(given), where), where)
    said = _evaluated(flake, host, where, limits)
    if "hosts" in said:
        known = [name for name in said["hosts"] if isinstance(name, str)]
        hint = did_you_mean(host, known) if known else "the flake has no host at all"
        raise ReadError(f"{where}: the flake has no host {host!r}", hint)
    return profile(said, where)


def _file(path: Path, where: str) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        hint = "name a host of a flake: --nix FLAKE#HOST"
        raise ReadError(f"{where}: the file cannot be read: {error.strerror}", hint) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{where}: the file is no JSON") from error


def _evaluated(flake: str, host: str, where: str, limits: Limits) -> Any:
    apply = _APPLY.replace("${HOST}", "${" + json.dumps(host).replace("${", "\\${") + "}")
    answer = _run(_command(flake, apply), where, limits)
    try:
        return json.loads(answer)
    except ValueError as error:
        raise ReadError(f"{where}: nix eval answers no JSON") from error


def _command(flake: str, apply: str) -> list[str]:
    options = [word for name, value in OPTIONS for word in ("--option", name, value)]
    return [
        "nix",
        *("--extra-experimental-features", "nix-command flakes"),
        "eval",
        *("--json", "--no-update-lock-file", "--no-write-lock-file"),
        *options,
        *("--apply", apply, f"{flake or '.'}#nixosConfigurations"),
    ]


def _run(command: Sequence[str], where: str, limits: Limits) -> str:
    limit = min(limits.left(), LONGEST)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError as error:
        hint = "install nix, or give the evaluated profile as a file (docs/nix.md)"
        raise ReadError(f"{where}: there is no program nix here", hint) from error
    except OSError as error:
        raise ReadError(f"{where}: nix cannot be started: {error.strerror}") from error
    with process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            hint = "raise --budget, or look for a recursion without an end"
            raise ReadError(f"{where}: nix eval did not end within {limit:.3g} s", hint) from error
    if process.returncode:
        raise ReadError(f"{where}: {sentence(err)}")
    return out


def sentence(err: str) -> str:
    """What nix complains of in the end, on one line, with the file and line that it names."""
    found = list(_ERROR.finditer(err))
    if not found:
        return "nix eval failed and does not say why"
    last = found[-1]
    said = printable(last["said"].strip())
    meant = next((words for pattern, words in _MEANT if pattern.search(said)), "")
    return f"{meant or _short(said)}{''.join(_place(err[last.start() :]))}"


def _short(said: str) -> str:
    return f"nix eval: {said[:300]}"


def _place(text: str) -> Iterator[str]:
    if found := _PLACE.search(text):
        yield f" ({printable(found['file'])}, line {found['line']})"
