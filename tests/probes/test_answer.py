"""From an answer to a fact."""

from hypothesis import given
from hypothesis import strategies as st

from keystone_check.model.facts import Missing
from keystone_check.probes.answer import KEPT_HEADERS, Answer, response, text


def test_seconds_are_whole_and_round_down() -> None:
    assert response("u", Answer(200, (), b"", 5.99), 1, 5990).milliseconds == 5990


@given(st.binary(max_size=64))
def test_a_body_is_its_text_or_says_which_byte_is_none(body: bytes) -> None:
    found = text(body, "it")
    if isinstance(found, Missing):
        position = int(found.because.rpartition(" ")[2])
        body[:position].decode("utf-8")
        assert f"0x{body[position]:02x}" in found.because
    else:
        assert found.encode() == body


@given(st.lists(st.tuples(st.sampled_from(["Age", "ETag", "Location", "Set-Cookie"]), st.text(max_size=5))))
def test_only_telling_headers_are_kept_in_order(headers: list[tuple[str, str]]) -> None:
    kept = response("u", Answer(200, tuple(headers), b"", 0)).headers
    assert {name for name, _ in kept} <= KEPT_HEADERS
    assert list(kept) == sorted(kept)
    assert len(kept) == sum(name in ("Age", "Location") for name, _ in headers)
