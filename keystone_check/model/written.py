"""Numbers and truths in annotations, as the webhook reads them, which is written in Go."""

import re

_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def whole(text: str) -> int | None:
    """What strconv.ParseInt makes of it with 64 bits; None where that is an error."""
    if not _WHOLE.fullmatch(text) or len(text.lstrip("+-0")) > 19:
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def truth(text: str) -> bool | None:
    """What strconv.ParseBool makes of it; None where that is an error."""
    return True if text in _TRUE else False if text in _FALSE else None
