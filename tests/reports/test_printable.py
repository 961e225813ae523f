"""Values from outside on a terminal."""

import pytest

from keystone_check.reports.printable import printable, veiled


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain – with Ünïcode ✓", "plain – with Ünïcode ✓"),
        ("a\tb", "a\\tb"),
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u00a0b", "a\\xa0b"),
        ("\u202egnp", "\\u202egnp"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_would_not_show_itself_is_written_as_its_escape(value: str, shown: str) -> None:
    assert printable(value) == shown


PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2ln y", "x (a secret, left out) y"),
        (f"x {PEM} y", "x (a secret, left out) y"),
        ("x -----BEGIN PRIVATE KEY-----\nMIIB", "x (a secret, left out)"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN CERTIFICATE-----\nMIIB"),
        ("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/a"),
    ],
)
def test_tokens_and_private_keys_are_left_out_and_nothing_else(text: str, left: str) -> None:
    assert veiled(text) == left
