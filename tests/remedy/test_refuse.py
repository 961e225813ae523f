"""A plan whose rehearsal breaks what held, or that opens more than is needed, is refused; nothing else is."""

import json
from collections.abc import Iterator

import pytest

from keystone_check.diagnosis import diagnose
from keystone_check.model.aws import Provider, Role
from keystone_check.model.change import Change, SetBucketPolicy, SetThumbprints
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding
from keystone_check.remedy.plan import named, plan
from keystone_check.remedy.refuse import sift, worsened
from keystone_check.remedy.rehearse import rehearse
from tests.remedy.build import (
    BUCKET,
    POLICY,
    PROVIDER,
    REGION,
    ROLE,
    TRUST,
    chain,
    check,
    repair,
    right,
    step,
    trust,
    trust_is,
    wrong,
)

KEEPS = trust_is(TRUST, "keeps")
HARM = trust("harm")
GOOD = SetThumbprints(PROVIDER, ("ab" * 20,), ("ab" * 20, "cd" * 20))


def knows_more(providers: Subjects[Provider]) -> Iterator[Finding]:
    for arn, provider in providers.seen():
        yield right(arn) if "cd" * 20 in provider.thumbprints else wrong(arn, GOOD)


MORE = check("knows_more", knows_more, "providers")


def test_what_held_and_is_broken_is_worse() -> None:
    before = diagnose(chain(), [KEEPS])
    after = diagnose(rehearse(chain(), [HARM]), [KEEPS])
    assert [named(outcome) for outcome in worsened(before, after)] == [f"keeps[{ROLE}]"]


def test_what_was_broken_before_is_not_worse_and_what_is_mended_is_not_either() -> None:
    sound, harmed = diagnose(chain(), [KEEPS]), diagnose(rehearse(chain(), [HARM]), [KEEPS])
    assert worsened(harmed, harmed) == ()
    assert worsened(harmed, sound) == ()


def test_what_is_judged_for_the_first_time_is_not_worse() -> None:
    before = diagnose(chain(roles=Subjects()), [KEEPS])
    after = diagnose(chain(roles=Subjects(((ROLE, Role(ROLE, "x")),))), [KEEPS])
    assert worsened(before, after) == ()


def test_a_check_that_crashes_on_the_rehearsed_facts_is_worse() -> None:
    def judge(roles: Subjects[Role]) -> Iterator[Finding]:
        for arn, role in roles.seen():
            if role.trust != TRUST:
                raise ValueError("unexpected trust")
            yield right(arn)

    # A crash has no subject, so it counts against a check that held without one.
    whole = check("whole", lambda roles: [right("")] if list(judge(roles)) else [], "roles")
    assert worsened(diagnose(chain(), [whole]), diagnose(rehearse(chain(), [HARM]), [whole]))


def test_only_the_harmful_step_goes_and_it_says_what_it_would_break() -> None:
    before = diagnose(chain(), [KEEPS, MORE])
    left, refused = sift(before, (step(GOOD), step(HARM)), (KEEPS, MORE))
    assert [item.change for item in left] == [GOOD]
    assert [(item.step.change, [named(one) for one in item.breaks]) for item in refused] == [
        (HARM, [f"keeps[{ROLE}]"])
    ]


def test_with_a_harmful_step_goes_the_whole_repair() -> None:
    before = diagnose(chain(), [KEEPS, MORE])
    left, refused = sift(before, (step(GOOD, HARM), step(HARM, GOOD)), (KEEPS, MORE))
    assert [item.change for item in left] == [GOOD]  # these two are different repairs
    both = repair(GOOD, HARM)
    pair = tuple(type(item)(item.change, both, item.mends) for item in (step(GOOD), step(HARM)))
    left, refused = sift(before, pair, (KEEPS, MORE))
    assert left == ()
    assert {item.step.change for item in refused} == {GOOD, HARM}


def test_of_two_steps_of_one_kind_the_one_that_does_harm_is_found() -> None:
    other = f"{ROLE}-other"
    world = chain(roles=Subjects(((ROLE, Role(ROLE, TRUST)), (other, Role(other, "broken")))))
    mend = trust(TRUST, "broken", other)
    before = diagnose(world, [KEEPS])
    assert [item.change for item in plan(before).steps] == [mend]
    left, refused = sift(before, (step(mend), step(HARM)), (KEEPS,))
    assert ([item.change for item in left], [item.step.change for item in refused]) == ([mend], [HARM])


def statement(**members: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", **members}


def policy(*more: dict[str, object]) -> str:
    document = json.loads(POLICY)
    return json.dumps({**document, "Statement": [*document["Statement"], *more]})


ADMITS = trust(
    json.dumps({"Statement": [statement(Action="sts:AssumeRole", Principal={"AWS": "444455556666"})]})
)
OPENS = SetBucketPolicy(
    BUCKET, REGION, POLICY, policy(statement(Resource=f"arn:aws:s3:::{BUCKET}/third.json"))
)


@pytest.mark.parametrize(("change", "said"), [(ADMITS, "AWS 444455556666"), (OPENS, "third.json")])
def test_a_second_account_and_a_third_object_are_refused_with_the_whole_repair(
    change: Change, said: str
) -> None:
    before = diagnose(chain(), [MORE])
    pair = repair(GOOD, change)
    steps = tuple(type(step(GOOD))(one, pair, ("check",)) for one in (GOOD, change))
    left, refused = sift(before, (*steps, step(GOOD)), (MORE,))
    assert [item.change for item in left] == [GOOD]
    assert [item.step.change for item in refused] == [GOOD, change]
    assert "it would open more" in refused[0].why
    assert said in refused[0].why
