"""Condition operators.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and …/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import base64
import binascii
import ipaddress
import operator as compare
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from keystone_check.iam.language import Condition, Operator
from keystone_check.iam.match import arn_like, equal, like
from keystone_check.iam.request import Request, Unknown, Verdict


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True as soon as one is; what is unknown is said only when nothing is true."""
    unknown: Verdict = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if isinstance(verdict, Unknown):
            unknown = verdict
    return unknown


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """False as soon as one is; what is unknown is said only when nothing is false."""
    return negation(any_of(map(negation, verdicts)))


def negation(verdict: Verdict) -> Verdict:
    """The opposite; what is unknown stays unknown."""
    return verdict if isinstance(verdict, Unknown) else not verdict


def judge(condition: Condition, request: Request, variables: bool) -> Verdict:
    """Whether a condition holds for a request."""
    actual = request.values(condition.key)
    if isinstance(actual, Unknown):
        return actual
    if condition.operator.name == "Null":
        return any_of((value.lower() == "true") == (not actual) for value in condition.values)
    if not actual:
        return _when_missing(condition.operator)
    verdicts = [_one(condition, value, request, variables) for value in actual]
    match condition.operator.quantifier:
        case "ForAllValues":
            return all_of(verdicts)
        case "ForAnyValue":
            return any_of(verdicts)
        case _ if all(verdict == verdicts[0] for verdict in verdicts):
            return verdicts[0]
        case _:
            return Unknown(f"{condition.key} has several values and {condition.operator} has no quantifier")


def _when_missing(operator: Operator) -> bool:
    if operator.if_exists or operator.quantifier == "ForAllValues":
        return True
    return operator.negated and not operator.quantifier


def _one(condition: Condition, actual: str, request: Request, variables: bool) -> Verdict:
    name = condition.operator.name
    test = _TESTS[_positive(name)]
    found = any_of(test(expected, actual, request, variables) for expected in condition.values)
    return negation(found) if condition.operator.negated else found


def _positive(name: str) -> str:
    return name.replace("Not", "", 1)


_Test = Callable[[str, str, Request, bool], Verdict]


def _equal_ignoring_case(expected: str, actual: str, request: Request, variables: bool) -> Verdict:
    return equal(expected, actual, request, variables, ignore_case=True)


def _ordered(read: Callable[[str], Decimal | Unknown], holds: Callable[[Decimal, Decimal], bool]) -> _Test:
    def test(expected: str, actual: str, request: Request, variables: bool) -> Verdict:
        limit, value = read(expected), read(actual)
        if isinstance(limit, Unknown):
            return limit
        return value if isinstance(value, Unknown) else holds(value, limit)

    return test


def _number(text: str) -> Decimal | Unknown:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return Unknown(f'"{text}" is not a number')
    return number if number.is_finite() else Unknown(f'"{text}" is not a number')


def _moment(text: str) -> Decimal | Unknown:
    """ISO 8601 as AWS writes it, or seconds since 1970."""
    if text.strip().lstrip("-").isdecimal():
        return Decimal(text.strip())
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return Unknown(f'"{text}" is not a date')
    return Decimal(repr((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _bool(expected: str, actual: str, request: Request, variables: bool) -> Verdict:
    return expected.lower() == actual.lower()


def _binary(expected: str, actual: str, request: Request, variables: bool) -> Verdict:
    try:
        return base64.b64decode(expected, validate=True) == base64.b64decode(actual, validate=True)
    except (binascii.Error, ValueError):
        return Unknown("a value of BinaryEquals is not base64")


def _address(expected: str, actual: str, request: Request, variables: bool) -> Verdict:
    try:
        network, address = ipaddress.ip_network(expected, strict=False), ipaddress.ip_address(actual)
    except ValueError:
        return Unknown(f'"{expected}" or "{actual}" is not an IP address')
    return address in network


def _comparisons(kind: str, read: Callable[[str], Decimal | Unknown]) -> dict[str, _Test]:
    return {
        f"{kind}Equals": _ordered(read, compare.eq),
        f"{kind}LessThan": _ordered(read, compare.lt),
        f"{kind}LessThanEquals": _ordered(read, compare.le),
        f"{kind}GreaterThan": _ordered(read, compare.gt),
        f"{kind}GreaterThanEquals": _ordered(read, compare.ge),
    }


_TESTS: dict[str, _Test] = {
    "StringEquals": equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": like,
    **_comparisons("Numeric", _number),
    **_comparisons("Date", _moment),
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _address,
    # "ArnEquals and ArnLike behave identically."
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
}
