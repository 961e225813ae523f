"""What a text names: whom, what and where."""

import re
from dataclasses import dataclass

from keystone_check.why.text import plain

_WRAP = re.compile(r"\s*\n\s*")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]*[\w+=@-]")
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::(\d{12}):assumed-role/([\w+=,.@-]+)/([\w+=,.@-]*[\w-])")
_ISSUER = re.compile(r"provider found in your account for\s+(https://[^\s\"'<>]+)")
_ACTION = re.compile(r"authorized to perform:?\s+([a-z0-9-]+:[A-Za-z*]+)")
_RESOURCE = re.compile(r"on resource:\s+\"?([^\s\"]+)")
_SUBJECT = re.compile(r"system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]*[a-z0-9]")
_REQUEST = re.compile(
    r"request\s?id:?\s*[\"']?([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9A-Z]{16})\b", re.IGNORECASE
)
_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")


@dataclass(frozen=True, slots=True)
class Values:
    """Empty where the text does not say."""

    role: str = ""
    """A role's ARN."""
    caller: str = ""
    """The name of the role whose session made the call."""
    session: str = ""
    account: str = ""
    issuer: str = ""
    action: str = ""
    resource: str = ""
    subject: str = ""
    request: str = ""

    @property
    def is_instance(self) -> bool:
        """Whether an instance's own role made the call: such a session is named after the instance."""
        return bool(_INSTANCE.fullmatch(self.session))


def values_of(text: str) -> Values:
    """What is in it. A value that a line break divides counts up to the break."""
    said = _WRAP.sub(" ", plain(text))
    session = _SESSION.search(said)
    account, caller, name = session.groups() if session else ("", "", "")
    return Values(
        role=_first(_ROLE, said),
        caller=caller,
        session=name,
        account=account,
        issuer=_issuer(plain(text)),
        action=_first(_ACTION, said),
        resource=_first(_RESOURCE, said).rstrip(",;"),
        subject=_first(_SUBJECT, said),
        request=_first(_REQUEST, said),
    )


def _issuer(text: str) -> str:
    """The issuer that STS names; empty where a line break may divide it, for then a part of it would lie."""
    found = _ISSUER.search(text)
    if found is None or _GOES_ON.match(text, found.end()):
        return ""
    return found[1].rstrip(".,;)")


_GOES_ON = re.compile(r"\n[a-z0-9./-]")
"""What the next line of a divided address may begin with: hosts are in small letters; a space ends it."""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[found.lastindex or 0] if found else ""
