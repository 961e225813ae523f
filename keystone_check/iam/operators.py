"""What each condition operator compares, without its negation and its quantifier.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import ipaddress
import operator as compare
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from keystone_check.iam.arn_match import any_arn
from keystone_check.iam.match import Match, arn_template, equal_template, has_variables, like_template
from keystone_check.iam.request import arn_parts
from keystone_check.iam.verdicts import Unknown, Verdict
from keystone_check.iam.wildcards import any_wild

Test = Callable[[str], Verdict]
"""Whether one of the policy's values fits one of the request's."""


def prepared(name: str, values: Sequence[str]) -> Test:
    """The test of an operator against values without variables."""
    return _PLAIN[positive(name)](values)


def template(name: str, value: str) -> Match:
    """The test of an operator against a value with variables."""
    return _TEMPLATES[positive(name)](value)


def takes_variable(name: str, value: str, variables: bool) -> bool:
    """Whether the value holds variables, and the operator is one that could replace them."""
    return positive(name) in _TEMPLATES and has_variables(value, variables)


def positive(name: str) -> str:
    """The operator that this one negates, or itself."""
    return name.replace("Not", "", 1)


def _strings(values: Sequence[str]) -> Test:
    # A set takes four times the room of what compares with one string.
    return values[0].__eq__ if len(values) == 1 else frozenset(values).__contains__


def _strings_ignoring_case(values: Sequence[str]) -> Test:
    folded = frozenset(value.casefold() for value in values)
    return lambda actual: actual.casefold() in folded


def _truths(values: Sequence[str]) -> Test:
    wanted = frozenset(value.lower() for value in values)
    return lambda actual: actual.lower() in wanted


def _disputed_truth(value: str) -> Match:
    """The page of the operators says that Bool takes variables, that of the variables that it does not."""
    because = "AWS documents both that Bool takes policy variables and that it does not"
    return lambda actual, request: Unknown(because)


def _arns(values: Sequence[str]) -> Test:
    matched = any_arn(values)
    return lambda actual: matched(actual, arn_parts(actual))


_Read = Callable[[str], Decimal | Unknown]


def _ordered(read: _Read, holds: Callable[[Decimal, Decimal], bool], values: Sequence[str]) -> Test:
    limits = [read(value) for value in values]

    def test(actual: str) -> Verdict:
        value = read(actual)
        found: Verdict = False
        for limit in limits:
            if isinstance(limit, Unknown):
                found = limit
            elif isinstance(value, Unknown):
                found = value
            elif holds(value, limit):
                return True
        return found

    return test


# The W3C's date formats have the bare year as well: https://www.w3.org/TR/NOTE-datetime
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SECONDS = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})([eE][+-]?\d{1,3})?", re.ASCII)


def _number(text: str) -> Decimal | Unknown:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else Unknown(f'"{text}" is not a number')


def _moment(text: str) -> Decimal | Unknown:
    """ISO 8601 as AWS writes it, or seconds since 1970."""
    if _YEAR.fullmatch(text.strip()):
        return Unknown(f'"{text}" is a year as well as seconds since 1970')
    if _SECONDS.fullmatch(text.strip()):
        return Decimal(text.strip())
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return Unknown(f'"{text}" is not a date')
    return Decimal(repr((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _binaries(values: Sequence[str]) -> Test:
    wanted = [_bytes(value) for value in values]

    def test(actual: str) -> Verdict:
        found = _bytes(actual)
        if isinstance(found, Unknown):
            return found if wanted else False
        return found in wanted or next((each for each in wanted if isinstance(each, Unknown)), False)

    return test


def _bytes(text: str) -> bytes | Unknown:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return Unknown("a value of BinaryEquals is not base64")


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _addresses(values: Sequence[str]) -> Test:
    networks = [(value, _network(value)) for value in values]

    def test(actual: str) -> Verdict:
        address = _address(actual)
        found: Verdict = False
        for expected, network in networks:
            if network is None or address is None:
                found = Unknown(f'"{expected}" or "{actual}" is not an IP address')
            elif address in network:
                return True
            elif network.version == 6 and "/" not in expected:
                found = _wide(expected, address) or found
        return found

    return test


def _wide(expected: str, address: _Address) -> Verdict:
    """What an address without a prefix covers besides itself: "IAM uses the default prefix value of /32"."""
    if address not in ipaddress.ip_network(f"{expected}/32", strict=False):
        return False
    return Unknown(
        f'AWS documents /32 for "{expected}", which has no prefix, and does not say whether in IPv6'
    )


def _network(text: str) -> _Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _comparisons(kind: str, read: _Read) -> dict[str, Callable[[Sequence[str]], Test]]:
    return {
        f"{kind}Equals": partial(_ordered, read, compare.eq),
        f"{kind}LessThan": partial(_ordered, read, compare.lt),
        f"{kind}LessThanEquals": partial(_ordered, read, compare.le),
        f"{kind}GreaterThan": partial(_ordered, read, compare.gt),
        f"{kind}GreaterThanEquals": partial(_ordered, read, compare.ge),
    }


_PLAIN: dict[str, Callable[[Sequence[str]], Test]] = {
    "StringEquals": _strings,
    "StringEqualsIgnoreCase": _strings_ignoring_case,
    "StringLike": any_wild,
    **_comparisons("Numeric", _number),
    **_comparisons("Date", _moment),
    "Bool": _truths,
    "BinaryEquals": _binaries,
    "IpAddress": _addresses,
    # "ArnEquals and ArnLike behave identically."
    "ArnEquals": _arns,
    "ArnLike": _arns,
}
_TEMPLATES: dict[str, Callable[[str], Match]] = {
    "StringEquals": equal_template,
    "StringEqualsIgnoreCase": partial(equal_template, ignore_case=True),
    "StringLike": like_template,
    "Bool": _disputed_truth,
    "ArnEquals": arn_template,
    "ArnLike": arn_template,
}
