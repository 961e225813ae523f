"""What STS would answer after a change, where it was really asked before."""

from dataclasses import replace

from keystone_check.checks.exchanging import Prediction, predictions
from keystone_check.iam.sts import Granted, Refused
from keystone_check.model.exchange import GRANTED, Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World


def answers_followed(before: World, after: World) -> World:
    """`after`, with STS's answers as the law foresees them.

    Where STS said before what the law did not foresee, something outside of these facts speaks: it will
    go on saying it.
    """
    if not isinstance(before.answers, Subjects):
        return after
    old, new = _law(before), _law(after)
    return replace(
        after,
        answers=Subjects(
            tuple((name, _after(said, old.get(name), new.get(name, said))) for name, said in before.answers)
        ),
    )


def _after(
    said: Answer | Absent | Missing,
    before: Answer | Absent | Missing | None,
    after: Answer | Absent | Missing,
) -> Answer | Absent | Missing:
    return after if said == before or before is None else said


def _law(world: World) -> dict[str, Answer | Absent | Missing]:
    if not isinstance(world.accounts, Subjects) or not isinstance(world.tokens, Subjects):
        return {}
    predicted = predictions(
        world.accounts,
        world.tokens,
        world.discovery,
        world.key_set,
        world.chains,
        world.providers,
        world.roles,
        world.now,
        world.expected,
    )
    return {name: _said(name, said) for name, said in predicted}


def _said(name: str, predicted: Prediction | Absent | Missing) -> Answer | Absent | Missing:
    match predicted:
        case Granted():
            return GRANTED
        case Refused(first=reason):
            return Answer(reason.code, reason.message)
        case Absent() | Missing():
            return predicted
        case _:
            return Missing(name, f"what STS would answer is not known: {predicted}")
