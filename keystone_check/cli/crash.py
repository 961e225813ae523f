"""What is said when we ourselves fail: one sentence, and the traceback for who asks for it."""

import traceback

from keystone_check import __version__
from keystone_check.reports.printable import printable, veiled


def crash(error: Exception, *, trace: bool) -> str:
    """The text for stderr. Tokens and keys that an error text might quote are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    said = f"keystone-check: a bug of ours: {type(error).__name__}: {printable(str(error))}{where}\n"
    if trace:
        return veiled("".join(traceback.format_exception(error))) + said
    return f"{said}  next: report it to the project with this line and version {__version__}; {_HOW}\n"


_HOW = "KEYSTONE_TRACEBACK=1 shows where it happened"
