import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam import strict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        "[" * 65 + "]" * 65,
        '{"a":' * 900 + "1" + "}" * 900,
        "1e400",
        '"\\udc00"',
        '["\ud800"]',
        "NaN",
        '{"a": Infinity}',
        "[1,]",
        "[" * 100_000,
        "1" * 5000,
        "\ufeff{}",
        '"\t"',
    ],
)
def test_what_is_not_json_says_why(text: str) -> None:
    answer = strict.read(text)
    assert isinstance(answer, strict.NotJson)
    assert answer.because


def test_what_is_nested_as_deep_as_a_document_may_be_is_read() -> None:
    assert isinstance(strict.read("[" * 64 + "]" * 64), list)
    assert strict.read('"[{[{"') == "[{[{"
    assert strict.read('"\\ud83d\\ude00"') == "\U0001f600"


def test_repeated_names_are_told_with_their_place() -> None:
    value = strict.read('{"a": 1, "b": [{"c": 1, "c": 2}], "a": 2}')
    assert list(strict.repeated(value)) == [("", "a"), ("b[0]", "c")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("<!DOCTYPE html><html>", "it is an HTML page"),
        ("<html lang=en>", "it is an HTML page"),
        ("<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>", "it is S3's error AccessDenied"),
        ("<svg/>", "it is XML or HTML"),
        ("[]", "it is an empty list"),
        ("[1]", "it is a list"),
        ("null", "it is null"),
        ("true", "it is a boolean"),
        ("3", "it is a number"),
        ('"text"', "it is a string"),
        ("{}", "it is an empty object"),
        ("nonsense", "it is not JSON: Expecting value at line 1, column 1"),
    ],
)
def test_a_text_is_called_by_what_it_looks_like(text: str, said: str) -> None:
    assert strict.looks_like(text) == said


@given(st.text())
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert strict.looks_like(text).startswith("it is ")
