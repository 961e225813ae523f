"""Which of the known messages a text holds.

1. Text and messages are squeezed to letters and digits.
2. Every spelling of every message is looked for as a whole; `{…}` stands for anything short.
3. Where that finds nothing, a spelling may be cut: its beginning ends the text, or its end begins it.
4. Or it may be cut at both ends: the text lies wholly inside it.
5. The longest comes first, and takes its place in the text: what is found only within it is not told.
   A piece that several messages share is all of theirs.
6. Messages that only pass on another's come last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from keystone_check.why.messages import Message, messages
from keystone_check.why.text import plain, squeezed

_PLACE = re.compile(r"\{\w+\}")
CUT = 16
"""Of a message that is cut, as many letters and digits at least."""
INSIDE = 20
"""Of one that is cut at both ends: "identity provider" alone says nothing."""
_NUMBER = re.compile(r"\d{9,}")
NEAR = 0.45


@dataclass(frozen=True, slots=True)
class _Found:
    message: Message
    begin: int
    end: int
    is_whole: bool = True

    def is_within(self, other: "_Found") -> bool:
        """Whether the other says it already; a cut piece of the same length says something of its own."""
        same = (self.begin, self.end) == (other.begin, other.end)
        return other.begin <= self.begin and self.end <= other.end and (self.is_whole or not same)


def known_in(text: str) -> tuple[Message, ...]:
    """The messages in it, the one that says most first."""
    told = dict.fromkeys(each.message for each in _kept(text))
    return tuple(sorted(told, key=lambda message: message.wraps))


def only_cut(text: str) -> tuple[Message, ...]:
    """Those of which a piece alone is in it."""
    kept = _kept(text)
    whole = {each.message for each in kept if each.is_whole}
    return tuple(dict.fromkeys(each.message for each in kept if each.message not in whole))


def _kept(text: str) -> list[_Found]:
    said = squeezed(plain(text))
    found = sorted(_whole(said), key=lambda each: (each.begin - each.end, each.begin))
    if not found or all(each.message.wraps for each in found):
        found = sorted([*found, *_cut(said), *_inside(said)], key=lambda each: each.begin - each.end)
    kept: list[_Found] = []
    for each in found:
        if not any(each.is_within(other) for other in kept):
            kept.append(each)
    return kept


def nearest(text: str, number: int = 3) -> tuple[Message, ...]:
    """The known messages that share most words with a text that holds none of them."""
    words = set(re.findall(r"[a-z0-9]{4,}", plain(text).lower()))

    def likeness(message: Message) -> float:
        said = [set(re.findall(r"[a-z0-9]{4,}", each.lower())) for each in message.texts]
        shared = max(len(words & each) / max(len(each), 1) for each in said)
        spelt = max(_alike(text, each) for each in message.texts)
        return max(shared, spelt)

    near = sorted(messages(), key=likeness, reverse=True)[:number]
    return tuple(message for message in near if likeness(message) >= NEAR)


def _alike(text: str, spelling: str) -> float:
    return SequenceMatcher(None, squeezed(text)[:300], squeezed(spelling)).ratio()


def _whole(said: str) -> Iterator[_Found]:
    for message in messages():
        for spelling in message.texts:
            if match := _pattern(spelling).search(said):
                yield _Found(message, *match.span())


def _cut(said: str) -> Iterator[_Found]:
    for message in messages():
        for part in _fixed(message):
            if len(part) > CUT and (size := _overlap(said, part)):
                yield _Found(message, len(said) - size, len(said), False)
            elif len(part) > CUT and (size := _overlap(part, said)):
                yield _Found(message, 0, size, False)


def _inside(said: str) -> Iterator[_Found]:
    bare = _NUMBER.sub("", said)
    for message in messages():
        for spelling in message.texts:
            if len(bare) >= INSIDE and bare in _bare(spelling):
                yield _Found(message, 0, len(said), False)


def _overlap(first: str, second: str) -> int:
    """How many letters the first ends with that the second begins with; 0 where too few."""
    longest = min(len(first), len(second))
    return next((n for n in range(longest, CUT - 1, -1) if first.endswith(second[:n])), 0)


@cache
def _fixed(message: Message) -> Sequence[str]:
    return [squeezed(part) for spelling in message.texts for part in _PLACE.split(spelling)]


@cache
def _pattern(spelling: str) -> re.Pattern[str]:
    return re.compile(r".{0,200}?".join(squeezed(part) for part in _PLACE.split(spelling)))


@cache
def _bare(spelling: str) -> str:
    return squeezed(_PLACE.sub(" ", spelling))
