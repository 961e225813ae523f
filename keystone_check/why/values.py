"""What a text names: whom, what and where.

A break within a value is passed over where the words around the value, its quotes or the width of the
screen prove that it goes on. Where nothing proves it the value is left out and said to be uncertain: half of
a name would lie.
"""

import re
from dataclasses import dataclass

from keystone_check.why.lines import Joined, joined
from keystone_check.why.text import plain


def _spaced(words: str) -> str:
    """The words, whether or not a break took the spaces between them."""
    return r"\s*".join(words.split())


_DENIED = _spaced("is not authorized to perform")
_NAME = r"[\w+=,.@-]"
_ARN = r"arn:aws[a-z-]*"
_PROVEN = {
    "role": rf"\"({_ARN}:iam::\d{{12}}:role/[\w+=,.@/-]+)\"",
    "session": rf"{_ARN}:sts::(\d{{12}}):assumed-role/({_NAME}+)/({_NAME}+?)(?=\s*{_DENIED}|\")",
    "issuer": _spaced("provider found in your account for") + r"\s*(https://[^\s\"'<>]+)[\"'<]",
    "action": rf"{_DENIED}:?\s*([a-z0-9-]+:[A-Za-z*]+?)(?=\s*on\s*resource|\s*because\s*no)",
    "resource": r"on\s*resource:\s*\"?([^\s\"]+?)(?=\"|\s*because|\s*with\s*an?\s*explicit)",
    "subject": r"(system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]*[a-z0-9])[\"']",
    "audience": r"\"aud(?:ience)?\"\s*:\s*\[?\s*\"([^\"\s]+)\"",
}
_PLAIN = {
    "role": rf"({_ARN}:iam::\d{{12}}:role/[\w+=,.@/-]*[\w+=@-])",
    "session": rf"{_ARN}:sts::(\d{{12}}):assumed-role/({_NAME}+)/({_NAME}*[\w-])",
    "issuer": _spaced("provider found in your account for") + r"\s*(https://[^\s\"'<>]+)",
    "action": r"authorized\s*to\s*perform:?\s*([a-z0-9-]+:[A-Za-z*]+)",
    "resource": r"on\s*resource:\s*\"?([^\s\"]+)",
    "subject": r"(system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]*[a-z0-9])",
    "audience": r"token\s*audience[s:]*\s*\[?\"?([\w.:/-]+)",
}
_SHAPES = {name: tuple(re.compile(shapes[name]) for shapes in (_PROVEN, _PLAIN)) for name in _PROVEN}
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
    audience: str = ""
    request: str = ""
    uncertain: tuple[str, ...] = ()
    """What the text does name, but a line break may divide."""

    @property
    def is_instance(self) -> bool:
        """Whether an instance's own role made the call: such a session is named after the instance."""
        return bool(_INSTANCE.fullmatch(self.session))


def values_of(text: str) -> Values:
    """What is in it."""
    said = joined(plain(text))
    found = {name: _found(name, said) for name in _SHAPES}
    account, caller, session = found.pop("session") or ("", "", "")
    request = _REQUEST.search(said.text)
    return Values(
        **{name: groups[0].rstrip(".,;)") if groups else "" for name, groups in found.items()},
        account=account,
        caller=caller,
        session=session,
        request=request[1] if request else "",
        uncertain=tuple(name for name in _SHAPES if _is_uncertain(name, said)),
    )


def _match(name: str, said: Joined) -> tuple[re.Match[str] | None, bool]:
    """Where it stands, and whether it is proven to end there."""
    proven, plain_shape = (shape.search(said.text) for shape in _SHAPES[name])
    if proven and (plain_shape is None or proven.start() <= plain_shape.start() + 1):
        return proven, True
    return plain_shape, False


def _found(name: str, said: Joined) -> tuple[str, ...]:
    match, _ = _match(name, said)
    return () if match is None or _is_uncertain(name, said) else match.groups()


def _is_uncertain(name: str, said: Joined) -> bool:
    match, is_proven = _match(name, said)
    if match is None or is_proven:
        return False
    last = match.lastindex or 0
    return said.is_divided(match.start(last), match.end(last)) or match.end() in said.doubtful
