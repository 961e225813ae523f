"""Private keys that somebody published: that they are there is a fact, what they are is none.

A key set with private members, or a key in PEM, may stand where only public ones should. The world has
it then, but no report, log or snapshot of ours passes it on.
"""

import re

from keystone_check.iam.jwk import PRIVATE
from keystone_check.reports.printable import veiled

LEFT_OUT = "(a private key, left out)"

_NAMES = "|".join((*PRIVATE, "r", "t"))
"""The private members, and those that the entries of `oth` have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4)."""
_MEMBER = re.compile(rf'(?P<name>"(?:{_NAMES})"\s*:\s*)"[^"]{{8,}}(?:"|\Z)')
"""By its text and not by parsing it: the rest stays byte for byte, and a broken document is covered too."""


def redacted(body: str) -> str:
    """The text of a document with the values of private keys left out; their names stay."""
    return _MEMBER.sub(rf'\g<name>"{LEFT_OUT}"', veiled(body))
