"""The command `keystone-check`: argv to an exit code. Only this module ends the process.

Until the options are read nothing heavy is imported, so that `--help` and a mistyped option answer at once.
"""

import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn, TextIO

from keystone_check.cli.arguments import parse
from keystone_check.cli.asking import Answered
from keystone_check.cli.options import Options
from keystone_check.errors import KeystoneError, UsageError

if TYPE_CHECKING:
    from keystone_check.cli.doors import Doors

USAGE, BLOCKED, BUG = 2, 3, 4


class Ended(KeyboardInterrupt):
    """Another signal than Ctrl-C asks us to end; like it, it passes through every `finally`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run() -> NoReturn:
    """The console script."""
    if "_ARGCOMPLETE" in os.environ:
        from keystone_check.cli.completing import complete

        complete()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without ✓ must not cost the report
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), _end)
    code = main(sys.argv[1:], sys.stdout, sys.stderr, sys.stdin)
    _flush()
    sys.exit(code)


def main(
    argv: Sequence[str],
    stdout: TextIO,
    stderr: TextIO,
    stdin: TextIO | None = None,
    environ: Mapping[str, str] = os.environ,
    doors: "Doors | None" = None,
) -> int:
    """Do what the command line asks and give the exit code; nothing escapes.

    A run that a signal ended gives 128 and the signal's number, as shells do.
    """
    try:
        return _act(parse(argv), stdout, stderr, stdin, environ, doors)
    except Answered as answer:
        stdout.write(str(answer))
        return 0
    except UsageError as error:
        return _told(error, stderr, USAGE)
    except KeystoneError as error:
        return _told(error, stderr, BLOCKED)
    except KeyboardInterrupt as error:
        stderr.write("\nkeystone-check: interrupted\n")
        return 128 + (error.number if isinstance(error, Ended) else signal.SIGINT)
    except BrokenPipeError:
        return 128 + 13  # SIGPIPE: whoever read us has gone, and nobody is left to tell
    except Exception as error:  # the last door: whatever comes here is a bug of ours
        from keystone_check.cli.crash import crash

        stderr.write(crash(error, trace=bool(environ.get("KEYSTONE_TRACEBACK"))))
        return BUG


def _act(
    options: Options,
    stdout: TextIO,
    stderr: TextIO,
    stdin: TextIO | None,
    environ: Mapping[str, str],
    doors: "Doors | None",
) -> int:
    from keystone_check.cli.commands import perform
    from keystone_check.cli.doors import real
    from keystone_check.cli.terminal import Terminal

    return perform(
        options,
        doors or real(environ, options.checks),
        Terminal(stdout, stderr, stdin, environ, options.color),
    )


def _told(error: KeystoneError, stderr: TextIO, code: int) -> int:
    from keystone_check.reports.printable import printable

    stderr.write(f"keystone-check: {printable(error.message)}\n")
    if error.hint:
        stderr.write(f"  next: {printable(error.hint)}\n")
    return code


def _end(number: int, frame: object) -> NoReturn:
    raise Ended(number)


def _flush() -> None:
    """Hand over what is still buffered. When the reader has gone, Python must not try again at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
