"""The exit codes of an answer."""

import pytest

from keystone_check.why.answer import Answer, Judged, State, answer
from keystone_check.why.values import Values


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), 0),
        ((State.EXCLUDED, State.UNJUDGED), 0),
        ((State.EXCLUDED, State.UNSEEN), 3),
        ((State.UNSEEN, State.HOLDS), 1),
    ],
)
def test_a_cause_that_holds_goes_before_one_that_was_not_seen(states: tuple[State, ...], code: int) -> None:
    said = answer("Incorrect token audience")
    judged = tuple(Judged(said.causes[0], state) for state in states)
    assert Answer(said.messages, Values(), judged=judged).exit_code == code


def test_a_divided_value_and_a_cut_message_are_said() -> None:
    said = answer("verification key from your identity")
    assert any("only a piece" in note for note in said.notes)
    said = answer("Incorrect token audience arn:aws:iam::111122223333:role/a\npi x")
    assert any("role" in note for note in said.notes)
