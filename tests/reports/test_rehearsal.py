"""A rehearsal in its three forms: each says the same, and none takes a name for a command."""

from dataclasses import replace
from functools import cache

import pytest

from keystone_check.rehearsal.asked import Asked, ChangeIssuer, RotateKey
from keystone_check.rehearsal.fates import HELD, Toll
from keystone_check.rehearsal.rehearsal import Rehearsal, State, rehearse
from keystone_check.rehearsal.step import Standing
from keystone_check.reports.rehearsal import as_markdown, as_object, as_text, verdict
from keystone_check.reports.screen import Screen
from tests.sandbox.worlds import healthy_world, world_with

HOSTILE = "x\x1b[31m<script>|`\u202e"
NEW = "https://s3.eu-central-1.amazonaws.com/keystone-next/prod"
ASKED: tuple[Asked, ...] = (RotateKey(), ChangeIssuer(NEW))
asked = pytest.mark.parametrize("asked", ASKED, ids=lambda it: type(it).__name__)


@cache
def rehearsed(asked: Asked, fault: str = "") -> Rehearsal:
    return rehearse("prod", world_with(fault) if fault else healthy_world(), asked)


def with_toll(toll: Toll) -> Rehearsal:
    """A rehearsal whose first step costs that much when it is done first."""
    whole = rehearsed(RotateKey())
    first, *others = whole.steps
    return replace(whole, steps=(replace(first, early=(toll,)), *others))


@asked
def test_every_form_has_every_step_its_wait_and_what_it_costs(asked: Asked) -> None:
    whole = rehearsed(asked)
    text, marked, said = as_text(whole, Screen(width=10_000)), as_markdown(whole), as_object(whole)
    for each, step in zip(whole.steps, said["steps"], strict=True):
        assert f"{each.number} of {len(whole.steps)}, {each.state}: {each.step.title}" in text
        assert f"### {each.number}. " in marked
        assert step["title"] == each.step.title
        assert (step["wait"] or {}).get("seconds") == (each.step.wait.seconds if each.step.wait else None)
        for toll in (*each.early, *each.hasty):
            assert " ".join(toll.message.split()) in " ".join(text.split())
            assert {"code": toll.code, "accounts": list(toll.accounts)}.items() <= _told(step, toll).items()


def _told(step: dict[str, list[dict[str, object]]], toll: Toll) -> dict[str, object]:
    tolls = [*step["early"], *step["hasty"], *step["in_turn"]]
    return next(it for it in tolls if (it["whose"], it["message"]) == (toll.whose, toll.message))


@asked
@pytest.mark.parametrize("width", [60, 80, 200])
def test_prose_stays_within_the_screen(asked: Asked, width: int) -> None:
    whole = rehearsed(asked)
    pasted = {line.strip() for each in whole.steps for line in each.step.lines}
    for line in as_text(whole, Screen(width=width)).splitlines():
        alone = len(line.split()) <= 2  # a word that is too long stays whole
        assert len(line) <= width or alone or line.strip() in pasted, line


@pytest.mark.parametrize(
    ("fault", "said"),
    [("", "It can go: step 1"), ("trust-names-another-namespace", "Not yet: something must be true before")],
)
def test_the_verdict_is_one_sentence(fault: str, said: str) -> None:
    whole = rehearsed(RotateKey(), fault)
    assert verdict(whole).startswith(said)
    assert verdict(whole) in as_text(whole, Screen(width=10_000))


def test_a_condition_that_is_not_met_is_marked_and_says_what_was_seen() -> None:
    whole = rehearsed(RotateKey(), "trust-names-another-namespace")
    unmet = [it for it in whole.steps[0].conditions if it.standing is Standing.UNMET]
    assert unmet
    for condition in unmet:
        assert f"✗ {condition.words} ({condition.seen})" in as_text(whole, Screen(width=10_000))


def test_people_are_told_eight_accounts_and_machines_all() -> None:
    names = tuple(f"app/{number}" for number in range(11))
    whole = with_toll(Toll(HELD, "InvalidIdentityToken", "no", names))
    assert "app/7 and 3 more get InvalidIdentityToken: no" in as_text(whole, Screen(width=10_000))
    assert as_object(whole)["steps"][0]["early"][0]["accounts"] == list(names)


def test_an_answer_that_is_inferred_or_unknown_says_so() -> None:
    likely = with_toll(Toll(HELD, "AccessDenied", "no", ("app/api",), inferred=True))
    assert "app/api get likely AccessDenied: no" in as_text(likely, Screen(width=10_000))
    unknown = with_toll(Toll(HELD, "", "nobody read the trust", ("app/api",)))
    assert "app/api: nobody can tell, nobody read the trust" in as_text(unknown, Screen(width=10_000))


def test_what_is_done_is_not_told_again() -> None:
    whole = rehearsed(RotateKey())
    done = replace(whole, steps=tuple(replace(each, state=State.DONE) for each in whole.steps))
    assert verdict(done) == "All steps are done."
    assert "wait" not in as_text(done, Screen(width=10_000))


def test_hostile_names_stay_names_in_every_form() -> None:
    whole = replace(with_toll(Toll(HELD, "AccessDenied", HOSTILE, (HOSTILE,))), cluster=HOSTILE)
    for said in (as_text(whole, Screen()), as_markdown(whole), str(as_object(whole))):
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert "<script>" not in as_markdown(whole).replace("`x\\x1b[31m<script>", "")
