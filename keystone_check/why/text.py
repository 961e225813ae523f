"""A text as it was pasted, brought back to what somebody said."""

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|([nrt])|([\"'/]))")
_ENTITY = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&amp;": "&", "&lt;": "<", "&gt;": ">"}
_NOISE = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """Without colours, JSON's and HTML's escapes; spaces and lines are as they were."""
    for written, meant in _ENTITY.items():
        text = text.replace(written, meant)
    return _ANSI.sub("", _ESCAPE.sub(_unescaped, text))


def squeezed(text: str) -> str:
    """Letters and digits alone: what no wrapping, quoting or change of case can alter."""
    return _NOISE.sub("", text.lower())


def _unescaped(found: re.Match[str]) -> str:
    code, blank, sign = found.groups()
    if code:
        return chr(int(code, 16))
    return "\n" if blank else str(sign)
