"""Values from outside, made safe to print: nothing moves the cursor, nothing secret slips through."""

import re

_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"  # a JWT: base64url of {" opens with eyJ
    r"|\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"  # an access key's id
    r"|(?i:(?:secret_?(?:access_?)?key|session_?token|security-token)[\"'\s:=]+)[A-Za-z0-9/+=]{32,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


def printable(value: str) -> str:
    """The value on one line, with every character that would not show itself written as its escape."""
    return "".join(char if char.isprintable() else _escape(char) for char in veiled(value))


def cut(value: str, longest: int = 2000) -> str:
    """The value, printable; what is longer than anyone reads ends with how much more there is."""
    shown = printable(value)
    return shown if len(shown) <= longest else f"{shown[:longest]}…({len(shown) - longest} more)"


def veiled(value: str) -> str:
    """The value without tokens and private keys. No fact holds one; an error text from elsewhere might."""
    return _SECRET.sub("(a secret, left out)", value)


def _escape(char: str) -> str:
    # a no-break space or a byte order mark is the very defect that its reader looks for
    return char.encode("unicode_escape").decode("ascii")
