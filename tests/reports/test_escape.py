"""Values from outside stay values in Markdown."""

import html
import re

import pytest
from markdown_it import MarkdownIt

from keystone_check.reports.escape import block, code, prose

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "@everyone",
    "fixes #1",
    "**bold** _it_ ~~gone~~ `code`",
    "a | b",
    "https://evil.example www.evil.example",
    ":key: system:serviceaccount:key:api",
    "$x$",
    "- item",
    "1. item",
    "&lt;b&gt; \\| \\`",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", [prose, code])
def test_nothing_is_markup_and_everything_is_shown(form: object, text: str) -> None:
    shown = form(text)  # type: ignore[operator]  # one of the two
    inner = shown.removeprefix("<code>").removesuffix("</code>")
    if inner.startswith("`") and inner.endswith("`"):
        assert inner[1:-1] == text
        assert not {"`", "|"} & set(text)
        return
    assert html.unescape(inner) == text
    for sign in ("<", ">", "[", "]", "|", "`", "@", "*", "://", "\\", "$"):
        assert sign not in inner


@pytest.mark.parametrize("text", HOSTILE)
def test_a_markdown_parser_reads_it_as_text_and_nothing_else(text: str) -> None:
    rendered = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .render(f"| a | b |\n|---|---|\n| {prose(text)} | {code(text)} |")
    )
    plain, exact = re.findall(r"<td>(.*?)</td>", rendered)
    assert plain == html.escape(text, quote=False).replace('"', "&quot;")
    assert exact.removeprefix("<code>").removesuffix("</code>") == plain


def test_an_ordinary_value_is_readable_in_the_source_too() -> None:
    assert code("arn:aws:iam::111122223333:role/api") == "`arn:aws:iam::111122223333:role/api`"


@pytest.mark.parametrize("value", ["", " x", "x "])
def test_spaces_at_either_end_and_nothing_at_all_keep_the_cell(value: str) -> None:
    assert code(value).startswith("<code>")


@pytest.mark.parametrize("char", ["\x1b", "\x00", "\u202e", "\n", "\x7f"])
def test_control_characters_are_written_as_escapes(char: str) -> None:
    assert char not in prose(f"a{char}b") + code(f"a{char}b")


def test_a_name_of_ten_thousand_characters_is_cut_and_says_so() -> None:
    assert len(prose("x" * 10_000)) == 2000
    assert code("x" * 10_000).endswith("…`")


def test_lines_to_copy_stand_in_a_fence_that_they_cannot_close() -> None:
    lines = list(block("a\n````\nb\x1b"))
    assert lines == ["`````", "a", "````", r"b\x1b", "`````"]
