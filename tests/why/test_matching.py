"""The right message in a text, however it was pasted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.why.matching import INSIDE, known_in, nearest, only_cut
from keystone_check.why.messages import Message, messages
from keystone_check.why.text import squeezed
from tests.why.corpus import CASES, Case

KEY = "Couldn't retrieve verification key from your identity provider, please reference"
cases = st.sampled_from(CASES)


def first(text: str) -> str:
    found = known_in(text)
    return found[0].id if found else ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.message}: {case.text[:30]!r}")
def test_what_people_were_shown_is_recognised(case: Case) -> None:
    assert first(case.text) == case.message


def test_the_corpus_is_wide_and_every_text_says_where_it_stands() -> None:
    assert len(CASES) >= 60
    assert all(case.source.startswith("https://") for case in CASES)
    assert len({case.message for case in CASES}) >= 40


@pytest.mark.parametrize("message", messages(), ids=lambda message: message.id)
def test_every_spelling_of_every_message_is_recognised_as_it(message: object) -> None:
    for spelling in message.texts:  # type: ignore[attr-defined]
        assert message in known_in(spelling.replace("{now}", "1731098245"))


@given(cases, st.lists(st.integers(0, 400), max_size=8))
def test_a_text_may_be_wrapped_anywhere(case: Case, breaks: list[int]) -> None:
    text = case.text
    for at in sorted(breaks, reverse=True):
        # an escape of two characters is one, wherever a terminal breaks the line
        if at < len(text) and text[at - 1 : at] != "\\":
            text = f"{text[:at]}\n    {text[at:]}"
    assert first(text) == case.message


@given(cases, st.integers(1, 3))
def test_a_text_may_be_escaped_json(case: Case, times: int) -> None:
    text = case.text
    for _ in range(times):
        text = json.dumps({"level": "error", "msg": text})
    assert first(text) == case.message


@given(cases, st.integers(0, 300))
def test_a_text_may_be_coloured(case: Case, at: int) -> None:
    before, after = case.text[:at], case.text[at:]
    if not before.endswith("\\"):
        assert first(f"\x1b[31m{before}\x1b[1;33m{after}\x1b[0m") == case.message


@given(
    cases, st.sampled_from(("2026-03-01T10:00:00.123Z stderr F ", "E0301 10:00:00.000000 1 a.go:1] ", "> "))
)
def test_a_text_may_have_something_before_and_behind_it(case: Case, before: str) -> None:
    assert first(f"{before}{case.text}, request id: 0a1b2c3d-0000-0000-0000-000000000000") == case.message


@given(st.integers(24, len(KEY)))
def test_a_text_may_be_cut_at_its_end(length: int) -> None:
    assert first(KEY[:length]) == "verification_key"


def test_another_text_is_not_recognised_and_its_nearest_are_told() -> None:
    assert known_in("the disk is full") == ()
    assert nearest("the disk is full") == ()
    near = nearest("Could not retrieve the verification key of your identity provider")
    assert [message.id for message in near][:1] == ["verification_key"]


def test_a_message_that_passes_another_on_comes_after_it() -> None:
    text = "WebIdentityErr: failed to retrieve credentials\ncaused by: Incorrect token audience"
    assert [message.id for message in known_in(text)] == ["audience", "web_identity_err"]


SPELLINGS = tuple((message, text) for message in messages() for text in message.texts if "{" not in text)


@given(st.sampled_from(SPELLINGS), st.data())
def test_a_piece_cut_at_both_ends_names_every_message_that_it_may_come_from(
    spelt: tuple[Message, str], data: st.DataObject
) -> None:
    message, text = spelt
    begin = data.draw(st.integers(0, len(text) - 1))
    piece = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    assert len(squeezed(piece)) < INSIDE or message in known_in(piece)


def test_what_is_short_is_not_claimed_and_a_piece_is_called_one() -> None:
    assert known_in("identity provider") == ()
    assert [each.id for each in only_cut("verification key from your identity")] == ["verification_key"]
    assert only_cut("Incorrect token audience") == ()
