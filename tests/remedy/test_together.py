"""Faults that come together, each pair and many triples: mended, or what remains is named; never worse.

Pure, on frozen worlds: that writing leaves what was rehearsed is proven for each fault by itself. Of the ten
thousand pairs in which one fault brings an operator, or a declaration, that the other knows nothing of, every
tenth is tried here, and all of them with `KEYSTONE_ALL_PAIRS=1` in the environment.
"""

import os
import random
from functools import cache
from itertools import combinations, permutations

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.change import Change, PutDocument, inverse
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.mend import Mended, rehearsed
from keystone_check.remedy.plan import named, plan
from keystone_check.remedy.refuse import outdated
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.faults import FAULTS, ack_policies, ack_reports
from keystone_check.sandbox.faults.fault import Fault
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from tests.remedy.kinds import kinds
from tests.remedy.remembered import Facts, remembering
from tests.worlds import NOW

FACTS = Facts()
CHECKS = remembering(load(), FACTS)
STS = tuple(check for check in CHECKS if check.id == "sts_accepts_the_token")
EVERYTHING = frozenset(Safety)
TRIPLES = 1000
BATCH = 100
SEED = 20261126

ONE_SECOND_SERVER = {
    "server-has-a-key-of-its-own",
    "key-of-the-servers-is-not-published",
    "server-names-another-issuer",
    "server-forgot-the-former-issuer",
    "static-pod-forgot-the-former-issuer",
}
"""Each makes the cluster of one server one of several."""
ONE_ROLE_OF_THAT_NAME = {
    "role-arn-has-a-colon",
    "role-arn-is-of-another-partition",
    "role-arn-is-of-another-account",
    "role-is-missing",
    "trust-asks-if-exists",
    "pods-took-up-another-partition",
}
"""Each bends the role or the trust of the account that `subject-is-too-long` replaces by another."""
ONE_POLICY_WITHOUT_ACLS = {
    "policy-admits-a-vpc-endpoint-only",
    "policy-opens-another-folder",
    "policy-is-missing",
    "policy-misses-the-key-set",
}
"""Each lets the bucket's policy decide, where `acl-lets-everyone-write` lets ACLs decide, too."""
EXCLUDE_ONE_ANOTHER = (
    {frozenset(pair) for pair in combinations(ONE_SECOND_SERVER, 2)}
    | {frozenset((name, "subject-is-too-long")) for name in ONE_ROLE_OF_THAT_NAME}
    | {frozenset((name, "acl-lets-everyone-write")) for name in ONE_POLICY_WITHOUT_ACLS}
    | {frozenset(("trust-names-the-other-of-two-providers", "former-provider-was-left"))}
)
"""Pairs of faults of which each takes the ground from the other."""
OF_ONE_INSTALL = {
    fault.id
    for room in (ack_policies, ack_reports)
    for fault in vars(room).values()
    if isinstance(fault, Fault)
}
"""Each bends the one controller of ACK that its world has, and most have another one than the others."""

LEFT_OPEN = {
    # only asking STS again can tell
    "live_answer_agrees_with_the_prediction",
    "recorded_exchanges_agree",
    "sts_accepts_the_token",
    # only another dry run can tell, once a webhook that nobody saw answer is asked in one more namespace
    "native_sidecars_stay_sidecars",
}
"""What a rehearsal may leave open."""


@cache
def whole() -> World:
    return healthy(Ground.make(), NOW)


@cache
def alone(name: str) -> World:
    return FAULTS[name].apply(whole())


def together(*names: str) -> World | None:
    """The world with all of these faults; None where their grounds exclude one another."""
    if any(frozenset(pair) in EXCLUDE_ONE_ANOTHER for pair in combinations(names, 2)):
        return None
    if len(OF_ONE_INSTALL.intersection(names)) > 1:
        return None
    for first, *others in permutations(names):
        try:
            world = alone(first)
            for name in others:
                world = FAULTS[name].apply(world)
        except (AssertionError, ValueError, KeyError, StopIteration):
            continue  # its ground was taken away: then another order
        return world
    raise AssertionError(f"{names} do not come together in any order, and no rule says so")


def wrong(diagnosis: Diagnosis, *statuses: Status) -> set[str]:
    return {named(outcome) for status in statuses for outcome in diagnosis.having(status)}


def lost(mended: Mended, restarts: set[str]) -> dict[str, set[str]]:
    """What held before and does not any more, by status; but for pods that are to be restarted."""
    held = wrong(mended.before, Status.HOLDS) - wrong(mended.before, Status.BROKEN) - restarts
    bad = {status.value: held & wrong(mended.after, status) for status in (Status.BROKEN, Status.CRASHED)}
    blocked = held & wrong(mended.after, Status.BLOCKED)
    bad["blocked"] = {name for name in blocked if name.partition("[")[0] not in LEFT_OPEN}
    return {status: names for status, names in bad.items() if names}


def unnamed(mended: Mended) -> set[str]:
    """What is broken still, though it could be mended, and neither held back nor refused."""
    broken = {named(outcome) for outcome in mended.after.broken if outcome.finding.repair}
    told = {named(item.outcome) for item in mended.held_back}
    return broken - told - {name for item in mended.refused for name in item.step.mends}


def on_the_way(mended: Mended) -> set[str]:
    """Tokens that STS accepts before, and would refuse were the run killed between two of its writes.

    The two documents are two writes: between them they are a pair for every token that was accepted.
    """
    changes = [step.change for step in mended.applied]
    if len(changes) < 2 or not any(isinstance(change, PutDocument) for change in changes):
        return set()
    accepted = wrong(mended.before, Status.HOLDS) & wrong(diagnose(mended.before.world, STS), Status.HOLDS)
    halves = [rehearse(mended.before.world, changes[:number]) for number in range(1, len(changes))]
    return {name for half in halves for name in accepted & wrong(diagnose(half, STS), Status.BROKEN)}


def left_to_do(mended: Mended) -> set[Change]:
    """What the next run would write and this one was not kept from writing."""
    refused = {item.step.change for item in mended.refused}
    return {step.change for step in plan(mended.after, EVERYTHING).steps} - refused


def proven(*names: str) -> dict[str, object]:
    """What is amiss about mending these faults together; empty when all is as it was promised."""
    world = together(*names)
    if world is None:
        return {}
    mended = rehearsed(world, CHECKS, EVERYTHING)
    restarts = {named(outcome) for outcome in outdated(mended.before, mended.applied, CHECKS)}
    said: dict[str, object] = {
        "failed": mended.failures,
        "worse": lost(mended, restarts),
        "unnamed": unnamed(mended) - restarts,
        "refused on the way": on_the_way(mended),
        "left to do": left_to_do(mended),
        "for nothing": [step for step in mended.applied if inverse(step.change) == step.change],
    }
    return {what: found for what, found in said.items() if found}


ONE_IN = 1 if os.environ.get("KEYSTONE_ALL_PAIRS") else 10
"""Of the pairs on different grounds."""


def partners(name: str) -> list[str]:
    """The faults after it, and where it is mended by hand alone those of them that are not."""
    names = list(FAULTS)
    first = names.index(name)
    return [
        other
        for number, other in enumerate(names[first + 1 :])
        if (kinds(name) or kinds(other)) and (same_ground(name, other) or (first + number) % ONE_IN == 0)
    ]


def same_ground(name: str, other: str) -> bool:
    """Whether both stand on the same world: that without operators, or that of the same one."""
    return FAULTS[name].on is FAULTS[other].on


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_and_each_after_it_are_mended_together_or_what_remains_is_named(name: str) -> None:
    amiss = {other: proven(name, other) for other in partners(name)}
    FACTS.forget()
    assert {other: found for other, found in amiss.items() if found} == {}


@pytest.mark.parametrize("batch", range(TRIPLES // BATCH))
def test_three_faults_at_random_are_mended_together_or_what_remains_is_named(batch: int) -> None:
    chosen = random.Random(f"{SEED} {batch}")
    triples = [tuple(chosen.sample(list(FAULTS), 3)) for _ in range(BATCH)]
    amiss = {triple: proven(*triple) for triple in triples}
    FACTS.forget()
    assert {triple: found for triple, found in amiss.items() if found} == {}


def test_faults_that_exclude_one_another_do_so_in_either_order() -> None:
    for pair in EXCLUDE_ONE_ANOTHER:
        for first, second in (sorted(pair), sorted(pair, reverse=True)):
            with pytest.raises((AssertionError, ValueError, KeyError)):
                FAULTS[second].apply(alone(first))
