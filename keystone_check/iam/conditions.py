"""Conditions: which of the request's values each is about, and what a missing one means.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and …/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from keystone_check.iam import operators
from keystone_check.iam.language import Condition, Operator
from keystone_check.iam.request import Request
from keystone_check.iam.verdicts import Unknown, Verdict, all_of, any_of, negation

__all__ = ["Test", "all_of", "any_of", "judge", "negation", "prepared"]

Test = Callable[[Request], Verdict]
"""Something of a statement made ready: whether a request satisfies it."""
Comparison = Callable[[str], Verdict]
"""Whether one of the request's values fits."""


def judge(condition: Condition, request: Request, variables: bool) -> Verdict:
    """Whether a condition holds for a request."""
    return prepared(condition, variables)(request)


@lru_cache(maxsize=4096)
def prepared(condition: Condition, variables: bool) -> Test:
    """A condition made ready.

    1. A key that is missing says what the operator makes of that, unless nobody knows whether it is.
       "…no context keys in the request or … a null dataset, such as an empty string": a set operator takes
       empty values for a missing key.
    2. One value is compared; a quantifier makes no difference to it.
    3. Several are compared as the quantifier says; without one, only what all agree on is known.

    Thousands of roles have few kinds of conditions: the same one is made ready once.
    """
    operator, key = condition.operator, condition.key.lower()
    if operator.name == "Null":
        return lambda request: _null(condition, request)
    if not (condition.values or operator.quantifier or operator.if_exists):
        return lambda request: _valueless(condition, request)
    templates = [
        value for value in condition.values if operators.takes_variable(operator.name, value, variables)
    ]
    if templates:
        return _with_variables(condition, templates)
    compare = _comparison(operator, condition.values)
    if operator.quantifier:
        return lambda request: _judge(condition, request, compare)

    def test(request: Request) -> Verdict:
        actual = request.keys.get(key)
        if actual and len(actual) == 1:
            return compare(actual[0])
        return _judge(condition, request, compare)

    return test


def _judge(condition: Condition, request: Request, compare: Comparison) -> Verdict:
    actual = request.values(condition.key)
    if isinstance(actual, Unknown):
        return actual
    if not actual or (condition.operator.quantifier and not any(actual)):  # 1
        return _when_missing(condition.operator)
    verdicts = [compare(value) for value in actual]  # 2
    match condition.operator.quantifier:  # 3
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


def _valueless(condition: Condition, request: Request) -> Verdict:
    actual = request.values(condition.key)
    if isinstance(actual, Unknown):
        return actual
    if not actual:
        return _when_missing(condition.operator)
    return Unknown(f"AWS does not document what {condition.operator} without a value means")


def _null(condition: Condition, request: Request) -> Verdict:
    """An empty value is null as well; what a set operator makes of Null is documented with the checks:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"""
    actual = request.values(condition.key)
    if isinstance(actual, Unknown):
        return actual
    if condition.operator.quantifier:
        return condition.operator.quantifier == "ForAllValues"
    return any_of(_null_is(value.lower(), not any(actual)) for value in condition.values)


def _null_is(value: str, absent: bool) -> Verdict:
    if value not in ("true", "false"):
        return Unknown(f'a value of Null is true or false, not "{value}"')
    return (value == "true") == absent


def _comparison(operator: Operator, values: Sequence[str]) -> Comparison:
    """Whether one of the request's values fits, any of the policy's sufficing; none when negated."""
    found = operators.prepared(operator.name, values)
    if not operator.negated:
        return found
    return lambda actual: negation(found(actual))


def _with_variables(condition: Condition, templates: Sequence[str]) -> Test:
    operator = condition.operator
    plain = operators.prepared(operator.name, [value for value in condition.values if value not in templates])
    matches = [operators.template(operator.name, value) for value in templates]

    def test(request: Request) -> Verdict:
        def compare(actual: str) -> Verdict:
            found = any_of((plain(actual), *(matched(actual, request) for matched in matches)))
            return negation(found) if operator.negated else found

        return _judge(condition, request, compare)

    return test
