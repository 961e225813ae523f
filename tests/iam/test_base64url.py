import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.base64url import decoded, encoded


@given(st.binary())
def test_base64url_is_exact(raw: bytes) -> None:
    assert decoded(encoded(raw)) == raw
    assert decoded(encoded(raw) + "=") is None


@pytest.mark.parametrize("text", ["A", "AB", "A+/=", "AA\n", " ", "ä", None, 3])
def test_what_is_not_exact_base64url_is_nothing(text: object) -> None:
    assert decoded(text) is None


@given(st.text(alphabet="ABCDQgw0_-=+", max_size=9))
def test_base64url_that_is_read_is_what_its_bytes_are_written_as(text: str) -> None:
    raw = decoded(text)
    assert raw is None or encoded(raw) == text
