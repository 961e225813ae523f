"""One reader of one page, who types its commands one after the other."""

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

_ASKING = re.compile(rb"\[[^\n]*: $")
_WIPED = re.compile(r"^.*\x1b\[K", re.MULTILINE)
"""What was being read, on a line that wipes itself out."""
_OTHER_EACH_TIME = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:6443"),
    (re.compile(r"\b[\w-]{43}\b", re.ASCII), "KID"),
    (re.compile(r"(?:/[\w.-]+)+/keystone-check-\w{8}(?=[/\s])"), "/tmp/keystone-check-sandbox"),
    (re.compile(r"\bin \d+\.\d\ds\b"), "in 1.00s"),
    (re.compile(r"^  --undo \S+", re.MULTILINE), "  --undo RUN"),
)


class Session:
    """One reader of one page: a folder, an environment, and after a while perhaps a sandbox."""

    def __init__(self, runner: Any) -> None:
        self._runner, self._stack, self._environ = runner, ExitStack(), _environ()

    def __enter__(self) -> "Session":
        """Make the folder."""
        self._home = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._folder = self._home / "here"
        self._folder.mkdir()
        self._environ |= {"HOME": str(self._home), "XDG_STATE_HOME": str(self._home / "state")}
        return self

    def __exit__(self, *_: object) -> None:
        """End the sandbox, and remove the folder."""
        self._stack.close()

    def renewed(self, block: re.Match[str]) -> str:
        """Do what a block asks, and give it as it has to read."""
        if block["serve"]:
            return self._served(block)
        said = (block["said"] or "").split()
        if block["how"] == "file":
            path = self._folder / said[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["body"], encoding="utf-8")
            return block[0]
        if block["kind"] == "console":
            return f"{block['head']}{''.join(self._shown(block['body'], said))}{block['end']}"
        codes = [str(code) for code in self._codes(block["body"], said)]
        how = "" if codes == ["sh"] else f": {' '.join(codes)}"
        return f"{block[0]}" if codes == said else f"<!-- run{how} -->{block[0].partition(' -->')[2]}"

    def _served(self, block: re.Match[str]) -> str:
        said = self._stack.enter_context(_sandbox(block["world"], block["alias"] or "served"))
        exported = dict(re.findall(r"^export (\w+)=(.*)$", said, re.MULTILINE))
        self._folder = Path(exported["KUBECONFIG"]).parent
        self._environ |= exported
        shown = f"```console\n$ {block['opening']}\n{_plain(said)}```" if block["opened"] else ""
        return f"{block['serve']}{shown}"

    def coloured(self, line: str) -> str:
        """What a command prints at a terminal with colours."""
        return _plain(str(self._run(f"{line} --color").out))

    def _shown(self, body: str, answers: list[str]) -> Iterator[str]:
        for line in re.findall(r"^\$ .*(?:\\\n.*)*", body, re.MULTILINE):
            said = line.removeprefix("$ ")
            printed = self._answered(said, answers) if answers else self._printed(said)
            shown = _plain(printed.replace(f"{self._folder}/", "")).rstrip()
            yield f"{line}\n{shown}\n" if shown else f"{line}\n"

    def _codes(self, body: str, said: list[str]) -> Iterator[object]:
        if said == ["sh"]:
            done = self._by_shell(body)
            yield "sh" if not done.returncode else f"sh ended with {done.returncode}: {done.stderr}"
            return
        for line in body.splitlines():
            is_ours = line.startswith("keystone-check")
            yield self._run(line).code if is_ours else self._by_shell(line).returncode

    def _printed(self, line: str) -> str:
        if line.startswith("keystone-check"):
            return str(self._run(line).out)
        return self._by_shell(line).stdout

    def _run(self, line: str) -> Any:
        argv = shlex.split(line, comments=True)[1:]
        return self._runner.run(argv, self._folder, self._environ)

    def _by_shell(self, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", text],
            cwd=self._folder,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def _answered(self, line: str, answers: list[str]) -> str:
        command = [sys.executable, "-m", "keystone_check", *shlex.split(line)[1:]]
        return answered(command, answers, self._environ, self._folder)


def answered(
    command: list[str], answers: list[str], environ: Mapping[str, str], folder: Path | None = None
) -> str:
    """What stands on the screen when the command has run at a terminal; each question takes an answer."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, env=environ, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ):
        os.close(theirs)
        seen, left = b"", list(answers)
        while more := _read(ours):
            seen += more
            if left and _ASKING.search(seen):
                os.write(ours, f"{left.pop(0)}\n".encode())
    os.close(ours)
    return _WIPED.sub("", seen.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when nobody has the other end any more
        return b""


@contextmanager
def _sandbox(name: str, alias: str) -> Iterator[str]:
    """One that goes on running, configured under this name: what it says when it is there."""
    command = [sys.executable, "-m", "keystone_check.sandbox", *([] if name == "sandbox" else [name])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = "".join(_until(process.stdout, "# Ctrl-C"))
        try:
            for path in re.findall(r"^cd (\S+)", said, re.MULTILINE):
                configured = Path(path) / "keystone-check.toml"
                text = configured.read_text("utf-8").replace("[clusters.served", f"[clusters.{alias}")
                configured.write_text(text, encoding="utf-8")
            yield said
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def _until(lines: Iterable[str], last: str) -> Iterator[str]:
    for line in lines:
        yield line
        if line.startswith(last):
            return


def _plain(printed: str) -> str:
    for pattern, instead in _OTHER_EACH_TIME:
        printed = pattern.sub(instead, printed)
    return printed


def _environ() -> dict[str, str]:
    """Of a machine that has nothing configured, with our commands in reach."""
    ours = ("AWS_", "KUBE", "KEYSTONE_", "PYTEST_", "GITHUB_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true"}
