"""What follows in a world that is served: what STS answers in it, and which roles trust the issuer."""

from dataclasses import replace

from keystone_check.checks.exchanging import Prediction, predictions
from keystone_check.iam.sts import Granted, Refused, Undecided
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, Token
from keystone_check.model.exchange import GRANTED, Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.probes.identity import trusts
from keystone_check.sandbox.consequences import operated
from keystone_check.sandbox.dry_running import asked_of_aws


def settled(world: World) -> World:
    """The world with what follows from its other facts.

    A refusal that stands where the law would grant stays: something outside of these facts says no.
    """
    world = operated(world)
    return asked_of_aws(replace(world, trusting_roles=_trusting(world), answers=_answers(world)))


def stubborn(world: World) -> dict[tuple[str, str], Answer]:
    """Those refusals, by role and subject."""
    if not isinstance(world.answers, Subjects) or not isinstance(world.accounts, Subjects):
        return {}
    law, accounts = _law(world), dict(world.accounts.seen())
    return {
        (accounts[name].role_arn, accounts[name].subject): answer
        for name, answer in world.answers.seen()
        if not answer.granted and law.get(name) == GRANTED
    }


def _trusting(world: World) -> Subjects[Role] | Missing:
    if not isinstance(world.trusting_roles, Subjects) or not isinstance(world.issuer, Issuer):
        return world.trusting_roles
    named = {} if isinstance(world.roles, Missing) else dict(world.roles)
    gone = {arn for arn, role in named.items() if isinstance(role, Absent)}
    known = {arn: role for arn, role in world.trusting_roles.seen() if arn not in gone}
    known |= {
        role.arn: replace(role, boundary="", tags={}) for role in named.values() if isinstance(role, Role)
    }
    there = sorted(entry for entry in known.items() if trusts(entry[1], world.issuer.url))
    return Subjects(tuple(there))


def _answers(world: World) -> Subjects[Answer] | Absent | Missing:
    if not isinstance(world.answers, Subjects):
        return world.answers
    standing = {name: answer for name, answer in world.answers.seen() if not answer.granted}
    law = _law(world)
    return Subjects(
        tuple(
            (name, standing.get(name, answer) if answer == GRANTED else answer)
            for name, answer in law.items()
        )
    )


def _law(world: World) -> dict[str, Answer | Missing]:
    """What the law says for each account that is there."""
    if not isinstance(world.accounts, Subjects) or not isinstance(world.tokens, Subjects):
        return {}
    predicted = predictions(
        world.accounts,
        world.tokens,
        _of_its_issuer(world, world.discovery),
        _of_its_issuer(world, world.key_set),
        world.chains,
        world.providers,
        _there(world),
        world.now,
        world.expected,
    )
    return {name: _said(name, said) for name, said in predicted if not isinstance(said, Absent)}


def _of_its_issuer(world: World, document: Response | Missing) -> Response | Missing:
    """STS asks the issuer that tokens name, which need not be the one that the chain is judged for."""
    assert isinstance(world.tokens, Subjects)
    named = {token.issuer for _, token in world.tokens.seen() if isinstance(token, Token)}
    if isinstance(world.issuer, Issuer) and named <= {world.issuer.url}:
        return document
    return Missing("document", "nothing is served for the issuer that tokens name")


def _there(world: World) -> Subjects[Role] | Missing:
    """The roles of the sandbox's own account: who may not be read is there, or not, all the same."""
    if isinstance(world.roles, Missing):
        return Subjects()
    found = ((arn, role if isinstance(role, Role) else Absent(arn, "")) for arn, role in world.roles)
    return Subjects(tuple(found))


def _said(name: str, predicted: Prediction | Missing) -> Answer | Missing:
    match predicted:
        case Granted():
            return GRANTED
        case Refused(first=reason):
            return Answer(reason.code, reason.message)
        case Missing():
            return predicted
        case Undecided(because=because):
            # In the words in which the sandbox's STS refuses to guess, and a client gives up.
            reasons = "; ".join(str(getattr(item, "because", item)) for item in because)
            said = f"InternalFailure: the sandbox cannot decide: {reasons} (after 3 tries)"
            return Missing(name, f"sts:AssumeRoleWithWebIdentity {name}: {said}")
