"""Base64url as JOSE writes it: without padding, and one text for the same bytes (RFC 4648, section 5)."""

import base64
import re

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LAST = (_ALPHABET, "", _ALPHABET[::16], _ALPHABET[::4])
"""The letters that a text may end in, by its length modulo 4."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def decoded(text: object) -> bytes | None:
    """The bytes of an exact base64url text without padding; None when it is not one."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        return None
    # Bits beyond the last byte must be zero, or two texts would mean the same (RFC 4648, section 3.5).
    if text and text[-1] not in _LAST[len(text) % 4]:
        return None
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
