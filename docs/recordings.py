"""python docs/recordings.py [PAGE…]: run the commands of the pages again, and write what they print.

A block of commands is run when a comment stands before it:

`<!-- run -->`: of a console block, each line that begins with `$ `; what it prints is written under it.
`<!-- run: 0 1 -->`: of a plain block, each line; nothing is shown of it, and it ends with these codes.
`<!-- run: sh -->`: the whole block by a shell, which ends with 0.
`<!-- answer: e y -->`: a console block at a terminal, whose questions are answered with these letters.

The commands of a page run one after the other in a folder of its own; a block after `<!-- file: PATH -->` is
written there. After `<!-- serve: NAME -->` (`sandbox` breaks nothing) they reach a sandbox that goes on
running, as of somebody who opened it in another window; `<!-- serve: NAME as prod -->` configures it under
that name.
A test compares every page with a new run. What no machine of ours can run stands in NOT_RUN, with the reason.
"""

import re
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))
Runner: Any = runpy.run_path(str(DOCS / "runner.py"))["Runner"]
Session: Any = runpy.run_path(str(DOCS / "sessions.py"))["Session"]

_OWN = "it names a cluster of the reader's own"
_HOST = "it reads or changes the host"
NOT_RUN: Mapping[str, str] = {
    "python3 -m venv": "it installs, which whoever runs these tests has done",
    "podman run": "no engine is a dependency of ours; tests/packaging/ carries out the Containerfile's steps",
    "kubectl apply -k": "kubectl is no dependency of ours; tests/reality/ applies it with a real one",
    "kubectl get --raw /openid/v1/jwks": "kubectl is no dependency of ours; tests/reality/ has a real one",
    "keystone-check  ": _OWN,
    "keystone-check --context prod": _OWN,
    "keystone-check --cluster prod": _OWN,
    "keystone-check --all --merge s3:": _OWN,
    "pytest --keystone-cluster=prod": _OWN,
    "keystone-check --host": _HOST,
    "keystone-check --accept-all": "its day passes, and pages are run after it too; tests/cli/ accepts",
    "keystone-check --cluster none --nix": "it evaluates a flake of the reader's with nix",
}
"""The beginning of a line, and why nobody can run it here."""

_BLOCK = re.compile(
    r"(?P<serve><!-- serve: (?P<world>\S+)(?: as (?P<alias>\w+))? -->\n)"
    r"(?P<opened>```console\n\$ (?P<opening>python -m keystone_check\.sandbox[^\n]*)\n.*?^```)?"
    r"|(?P<head><!-- (?P<how>run|answer|file)(?:: (?P<said>[^\n]*))? -->\n```(?P<kind>\w*)\n)"
    r"(?P<body>.*?)(?P<end>^```)",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"^(?:```\w*\n.*?^```|(?:    [^\n]*\n)+)", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(
    r"^ *(?:\$ )?((?:keystone-check|pytest|python3?|echo|kubectl|aws|curl|openssl|tox|pip|pipx|uvx|nix|docker"
    r"|podman|helm)(?: .*)?)$",
    re.MULTILINE,
)


def renewed(text: str, runner: Any) -> str:
    """The text with every recording made anew."""
    with Session(runner) as session:
        return _BLOCK.sub(lambda block: str(session.renewed(block)), text)


def left_out(text: str) -> Iterator[str]:
    """The commands that stand in blocks which nothing runs."""
    for block in _CODE.finditer(_BLOCK.sub("", text)):
        yield from (found[1] for found in _COMMAND.finditer(block[0]))


def runner() -> AbstractContextManager[Any]:
    """What runs the commands, while the block runs."""
    made: AbstractContextManager[Any] = Runner()
    return made


if __name__ == "__main__":
    with runner() as loaded:
        for page in [Path(name).absolute() for name in sys.argv[1:]] or PAGES:
            page.write_text(renewed(page.read_text("utf-8"), loaded), encoding="utf-8")
