"""Strings and ARNs against patterns with wildcards and policy variables, as IAM matches them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable, Iterator

from keystone_check.iam.request import Request, arn_parts
from keystone_check.iam.verdicts import Unknown, Verdict, any_of
from keystone_check.iam.wildcards import expression, glob, in_turn, pieces, tokens, wild

__all__ = [
    "Match",
    "arn_like",
    "arn_patterns",
    "arn_template",
    "equal",
    "equal_template",
    "glob",
    "has_variables",
    "lacks_parts",
    "like",
    "like_template",
    "reaches",
    "resource_like",
]

Match = Callable[[str, Request], Verdict]
"""Whether a text matches once the request has given the variables their values."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_OUTER_COLON = re.compile(r":(?![^${}]*\})")
_FORM = re.compile(r"(?P<name>[^\s,']+)(, '(?P<default>[^']*)')?")
"""`${aws:username}` or `${aws:username, 'nobody'}`: no space in the name, quotes around the default."""
_ESCAPES = {"*": "*", "?": "?", "$": "$"}


def has_variables(pattern: str, variables: bool) -> bool:
    """Whether a request has its say in what the pattern matches."""
    return variables and "${" in pattern


def like(pattern: str, text: str, request: Request, variables: bool) -> Verdict:
    """Whether the text matches a pattern with wildcards and, where they are valid, variables."""
    if has_variables(pattern, variables):
        return like_template(pattern)(text, request)
    return wild(pattern)(text)


def equal(pattern: str, text: str, request: Request, variables: bool, ignore_case: bool = False) -> Verdict:
    """Whether the text is the pattern, whose `*` and `?` mean themselves."""
    if has_variables(pattern, variables):
        return equal_template(pattern, ignore_case)(text, request)
    return _same(pattern, text, ignore_case)


def arn_like(pattern: str, text: str, request: Request, variables: bool) -> Verdict:
    """Whether an ARN matches part by part; parts that the pattern leaves off match anything."""
    if pattern == "*":
        return True
    parts = arn_parts(text)
    if not parts:
        return False
    wanted = arn_patterns(pattern)
    verdicts = [like(want, part, request, variables) for want, part in zip(wanted, parts, strict=True)]
    if False in verdicts:
        return False
    return next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), True)


def resource_like(pattern: str, text: str, request: Request, variables: bool) -> Verdict:
    """As `arn_like`, and a `*` that ends one of the first five parts reaches beyond the colon as well.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    parts = _OUTER_COLON.split(pattern, maxsplit=5)
    if variables and any("${" in part for part in parts[:5]):
        return Unknown(f'"{pattern}" has a variable before the fifth colon, where AWS takes none')
    verdict = arn_like(pattern, text, request, variables)
    if verdict is not False or not arn_parts(text) or not reaches(pattern):
        return verdict
    fields = text.split(":")
    found = _reaching(arn_patterns(pattern), fields, request, variables)
    if len(parts) == 6:
        return found
    if found is True or _reaching(parts, fields, request, variables) is True:
        return Unknown(f'"{pattern}" lacks parts, and AWS does not document what its * reaches then')
    return False


def reaches(pattern: str) -> bool:
    """Whether one of the first five parts ends with a star."""
    if "*:" not in pattern and "${" not in pattern and pattern.count(":") >= 5:
        return False
    return any(part.endswith("*") for part in _OUTER_COLON.split(pattern, maxsplit=5)[:5])


def lacks_parts(pattern: str) -> bool:
    """Whether an ARN's pattern has fewer than six parts."""
    return len(_OUTER_COLON.split(pattern, maxsplit=5)) < 6


def _reaching(parts: list[str], fields: list[str], request: Request, variables: bool) -> Verdict:
    """Whether the parts cover the fields when a part that ends with `*` covers one field or more."""
    starts = {0}
    for part in parts[:5]:
        fitting = {at for at in starts if at < len(fields) and wild(part)(fields[at])}
        starts = {at + 1 for at in fitting}
        if fitting and part.endswith("*"):
            starts = set(range(min(fitting) + 1, len(fields) + 1))
    if len(parts) < 6:
        return len(fields) in starts
    rests = [":".join(fields[at:]) for at in sorted(starts) if at < len(fields)]
    return any_of([like(parts[5], rest, request, variables) for rest in rests])


def like_template(pattern: str) -> Match:
    """A pattern with wildcards and variables, made ready."""
    parts = _VARIABLE.split(pattern)
    single = any("?" in fixed for fixed in parts[::2])

    def matched(text: str, request: Request) -> Verdict:
        values = _values(parts, request)
        if not isinstance(values, list):
            return values
        if single:
            return expression(_tokens(parts, values)).fullmatch(text) is not None
        return in_turn(_pieces(parts, values), text)

    return matched


def equal_template(pattern: str, ignore_case: bool = False) -> Match:
    """A pattern with variables whose `*` and `?` mean themselves, made ready."""
    parts = _VARIABLE.split(pattern)

    def matched(text: str, request: Request) -> Verdict:
        values = _values(parts, request)
        if not isinstance(values, list):
            return values
        wanted = "".join(fixed + value for fixed, value in _pairs(parts, values))
        return _same(wanted, text, ignore_case)

    return matched


def arn_template(pattern: str) -> Match:
    """A pattern of an ARN with variables, made ready."""
    return lambda text, request: arn_like(pattern, text, request, True)


def arn_patterns(pattern: str) -> list[str]:
    """The six patterns of an ARN's parts.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    wanted = _OUTER_COLON.split(pattern, maxsplit=5)
    return wanted + ["*"] * (6 - len(wanted))


def _same(wanted: str, text: str, ignore_case: bool) -> bool:
    return wanted.casefold() == text.casefold() if ignore_case else wanted == text


def _values(parts: list[str], request: Request) -> list[str] | Verdict:
    """What the variables stand for, in turn; False when one has no value."""
    if any("${" in fixed for fixed in parts[::2]):
        return Unknown('a "${" has no closing brace')
    values = []
    for variable in parts[1::2]:
        value = _value(variable, request)
        if not isinstance(value, str):
            return value
        values.append(value)
    return values


def _value(variable: str, request: Request) -> str | Verdict:
    if variable in _ESCAPES:
        return _ESCAPES[variable]
    form = _FORM.fullmatch(variable)
    if form is None:
        return Unknown(f"${{{variable}}} has not the form that AWS documents for variables")
    name, default = form["name"], form["default"]
    values = request.values(name)
    if isinstance(values, Unknown):
        return values
    if len(values) > 1:
        return Unknown(f"{name} has several values, and AWS documents variables for one only")
    if values == ("",) and default is not None:
        return Unknown(f"AWS does not document whether the default replaces the empty value of {name}")
    # "…has no value or is not present…, the value is effectively null."
    return (values[0] or False) if values else (False if default is None else default)


def _pairs(parts: list[str], values: list[str]) -> Iterator[tuple[str, str]]:
    """What is fixed, and the value that follows it."""
    return zip(parts[::2], [*values, ""], strict=True)


def _pieces(parts: list[str], values: list[str]) -> list[str]:
    """What stands between stars once the variables are replaced; a value's own stars mean themselves."""
    found = [""]
    for fixed, value in _pairs(parts, values):
        first, *rest = pieces(fixed)
        found[-1] += first
        found += rest
        found[-1] += value
    return found


def _tokens(parts: list[str], values: list[str]) -> list[str]:
    return [token for fixed, value in _pairs(parts, values) for token in (*tokens(fixed), re.escape(value))]
