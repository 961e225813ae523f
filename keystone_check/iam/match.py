"""Wildcards and policy variables, as IAM matches them."""

import re
from functools import lru_cache

from keystone_check.iam.request import Request, Unknown, Verdict

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_OUTER_COLON = re.compile(r":(?![^${}]*\})")
_ESCAPES = {"*": "*", "?": "?", "$": "$"}


@lru_cache(maxsize=8192)
def glob(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """`*` is any run of characters, `?` any one, everything else itself."""
    return _compile(_wild(pattern), ignore_case)


def like(pattern: str, text: str, request: Request, variables: bool) -> Verdict:
    """Whether the text matches a pattern with wildcards and, where they are valid, variables."""
    source = _source(pattern, request, variables, wildcards=True)
    if isinstance(source, Unknown | bool):
        return source
    return (
        bool(glob(pattern).fullmatch(text)) if source == "" else bool(_compile(source, False).fullmatch(text))
    )


def equal(pattern: str, text: str, request: Request, variables: bool, ignore_case: bool = False) -> Verdict:
    """Whether the text is the pattern, whose `*` and `?` mean themselves."""
    source = _source(pattern, request, variables, wildcards=False)
    if isinstance(source, Unknown | bool):
        return source
    if source == "":
        return pattern.casefold() == text.casefold() if ignore_case else pattern == text
    return bool(_compile(source, ignore_case).fullmatch(text))


def arn_like(pattern: str, text: str, request: Request, variables: bool) -> Verdict:
    """Whether an ARN matches part by part; parts that the pattern leaves off match anything."""
    if pattern == "*":
        return True
    parts = text.split(":", 5)
    wanted = _OUTER_COLON.split(pattern, maxsplit=5)
    if len(parts) < 6 or parts[0] != "arn":
        return False
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    wanted += ["*"] * (6 - len(wanted))
    verdicts = [like(want, part, request, variables) for want, part in zip(wanted, parts, strict=True)]
    if False in verdicts:
        return False
    return next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), True)


def _source(pattern: str, request: Request, variables: bool, wildcards: bool) -> str | Verdict:
    """A regular expression; empty when there is nothing to replace; False when a variable has no value."""
    if not variables or "${" not in pattern:
        return ""
    pieces, end = [], 0
    for found in _VARIABLE.finditer(pattern):
        before = pattern[end : found.start()]
        pieces.append(_wild(before) if wildcards else [re.escape(before)])
        value = _value(found[1], request)
        if isinstance(value, Unknown | bool):
            return value
        pieces.append([re.escape(value)])
        end = found.end()
    pieces.append(_wild(pattern[end:]) if wildcards else [re.escape(pattern[end:])])
    return _join([token for piece in pieces for token in piece])


def _value(variable: str, request: Request) -> str | Verdict:
    if variable in _ESCAPES:
        return _ESCAPES[variable]
    name, comma, default = variable.partition(",")
    values = request.values(name.strip())
    if isinstance(values, Unknown):
        return values
    if len(values) > 1:
        return Unknown(f"{name.strip()} has several values, and AWS documents variables for one only")
    if values:
        return values[0]
    return default.strip().removeprefix("'").removesuffix("'") if comma else False


def _wild(pattern: str) -> list[str]:
    """Regular expressions of the pieces between stars, and `*` for each star."""
    tokens: list[str] = []
    for number, fixed in enumerate(re.split(r"\*+", pattern)):
        tokens += ["*"] * bool(number)
        tokens.append("".join("." if letter == "?" else re.escape(letter) for letter in fixed))
    return tokens


def _join(tokens: list[str]) -> str:
    """One expression. Each piece is taken at its first place and never given back, so that no pattern
    makes the search longer than text times pattern."""
    pieces = [""]
    for token in tokens:
        if token == "*":
            pieces.append("")
        else:
            pieces[-1] += token
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1])
    return f"{pieces[0]}{middle}.*{pieces[-1]}"


def _compile(source: list[str] | str, ignore_case: bool) -> re.Pattern[str]:
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.compile(source if isinstance(source, str) else _join(source), flags)
