"""Whether a resource of a policy can be the ARN of a published resource type: whether some text fits both."""

import re
from dataclasses import dataclass

_PLACE = re.compile(r"\$\{[^}]*\}")
_PIECE = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Token:
    """One place of a pattern: a letter, any letter, or any run of letters; `but` the letters of it."""

    letter: str = ""
    run: bool = False
    but: str = ""

    def meets(self, other: "_Token") -> bool:
        if self.letter and other.letter:
            return self.letter == other.letter
        return (self.letter or " ") not in other.but and (other.letter or " ") not in self.but


def can_be(resource: str, arn: str, closed: str = "") -> bool:
    """Whether a resource of a policy, with wildcards and variables, can be of an ARN format.

    `closed`: what the format's last value never holds, because it begins the format of another type.
    """
    written = _PLACE.sub("*", resource).split(":", 5)
    if written == ["*"]:
        return True
    # A part that is left off matches anything.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    written += ["*"] * (6 - len(written))
    format_parts = arn.split(":", 5)
    last = len(format_parts) - 1
    return all(
        _overlap(_wildcards(part), _format(wanted, closed if number == last else ""))
        for number, (part, wanted) in enumerate(zip(written, format_parts, strict=False))
    )


def _wildcards(pattern: str) -> list[_Token]:
    kinds = {"*": _Token(run=True), "?": _Token()}
    return [kinds.get(letter, _Token(letter)) for letter in pattern]


def _format(arn: str, closed: str) -> list[_Token]:
    tokens: list[_Token] = []
    pieces = _PIECE.findall(arn)
    for number, piece in enumerate(pieces):
        if len(piece) > 1:
            but = closed if number == len(pieces) - 1 else ""
            # AWS's own resources have no account: arn:aws:ssm:us-east-1::parameter/aws/service/…
            tokens += [] if piece in ("${Region}", "${Account}") else [_Token(but=but)]
            tokens.append(_Token(run=True, but=but))
        else:
            tokens.append(_Token(run=True) if piece == "*" else _Token(piece))
    return tokens


def _overlap(first: list[_Token], second: list[_Token]) -> bool:
    """Both patterns read side by side, every pair of places once."""
    waiting, seen = [(0, 0)], {(0, 0)}
    while waiting:
        place = waiting.pop()
        if place == (len(first), len(second)):
            return True
        for following in _following(first, second, *place):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _following(first: list[_Token], second: list[_Token], left: int, right: int) -> list[tuple[int, int]]:
    one = first[left] if left < len(first) else None
    two = second[right] if right < len(second) else None
    places = []
    if one and one.run:
        places.append((left + 1, right))
    if two and two.run:
        places.append((left, right + 1))
    if one and two and one.meets(two):
        places.append((left if one.run else left + 1, right if two.run else right + 1))
    return places
