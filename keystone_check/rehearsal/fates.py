"""What becomes of tokens: which of them STS would refuse at a stage, and in which words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keystone_check.checks.exchanging import Prediction, predictions
from keystone_check.iam.sts import Granted, Refused
from keystone_check.iam.sts_answers import Certainty
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.rehearsal.stage import Stage
from keystone_check.rehearsal.step import Step

Fate = Prediction | Absent | Missing


@dataclass(frozen=True, slots=True)
class Generation:
    """Tokens that were minted alike."""

    at: int
    """After how many steps."""
    tokens: Subjects[Token]


@dataclass(frozen=True, slots=True)
class Toll:
    """The accounts that meet one answer at one stage."""

    whose: str
    """`tokens that pods hold` or `tokens minted from then on`."""
    code: str
    """Of STS, or of the API server; empty where nobody can tell."""
    message: str
    accounts: tuple[str, ...]
    inferred: bool = False
    """Nobody has printed these words: the message is likely, no more."""


HELD, FRESH = "tokens that pods hold", "tokens minted from then on"
UNAUTHORIZED = "invalid bearer token"
"""What the API server says with 401 to a token that it does not take."""


def fates(stage: Stage, tokens: Subjects[Token]) -> dict[str, Fate]:
    """By account: what STS would answer at this stage to such a token."""
    world = stage.world
    if isinstance(world.accounts, Missing):
        return {}
    issuer = next((token.issuer for _, token in tokens.seen()), "")
    documents = stage.documents(issuer)
    told = predictions(
        world.accounts,
        tokens,
        documents.discovery,
        documents.key_set,
        world.chains,
        world.providers,
        world.roles,
        world.now,
        world.expected,
    )
    return dict(told)


def walk(
    stage: Stage, steps: Iterable[Step], held: Subjects[Token] | None = None
) -> Iterator[tuple[Stage, tuple[Generation, ...]]]:
    """The stages that these steps lead through, each with every generation of tokens minted until then.

    `held`: former tokens, from before the first stage.
    """
    former = (Generation(0, held),) if held and held.entries else ()
    found: tuple[Generation, ...] = (*former, Generation(0, stage.tokens))
    yield stage, found
    for number, step in enumerate(steps, 1):
        stage = step.does(stage)
        if _sort(stage.tokens) != _sort(found[-1].tokens):
            found = (*found, Generation(number, stage.tokens))
        yield stage, found


def tolls(stage: Stage, generations: Iterable[Generation], today: dict[str, Fate]) -> tuple[Toll, ...]:
    """Who is refused at this stage and was not before; the last generation is what is minted now."""
    every = tuple(generations)
    return tuple(
        toll
        for number, each in enumerate(every)
        for toll in _tolls(stage, each.tokens, FRESH if number == len(every) - 1 else HELD, today)
    )


def _tolls(stage: Stage, tokens: Subjects[Token], whose: str, today: dict[str, Fate]) -> Iterator[Toll]:
    found: dict[tuple[str, str, bool], list[str]] = {}
    for name, fate in fates(stage, tokens).items():
        if isinstance(today.get(name), Granted) and not isinstance(fate, Granted):
            found.setdefault(_words(fate), []).append(name)
    for (code, message, inferred), accounts in found.items():
        yield Toll(whose, code, message, tuple(accounts), inferred)
    token = next((token for _, token in tokens.seen()), None)
    if token is not None and stage.takes(token) is False:
        yield Toll(whose, "401 Unauthorized", UNAUTHORIZED, ())


def _words(fate: Fate) -> tuple[str, str, bool]:
    match fate:
        case Refused(first=reason):
            return reason.code, reason.message, reason.certainty is Certainty.INFERRED
        case Absent(because=because) | Missing(because=because):
            return "", because, False
        case _:
            return "", str(fate), False


def _sort(tokens: Subjects[Token]) -> tuple[str, str]:
    token = next((token for _, token in tokens.seen()), None)
    return (token.kid, token.issuer) if token else ("", "")
