"""A second evaluator, slow and plain, written from AWS's prose and from nothing of `keystone_check.iam`.

A policy is a pair of its kind and its text, a request the plain dictionary of `fixtures/iam/cases/`.
Verdicts are True, False and None: what nobody can know, because AWS does not say or the caller does not.

1. One Deny that applies, in any of the policies: an explicit deny. (evaluation logic)
2. Of each kind of limit that is given (RCP, SCP, boundary, session policy) one Allow has to apply; of the
   identity, resource and trust policies together as well. None: an implicit deny. (evaluation logic)
3. Where a Deny may apply, or the Allow that is needed may not: undecided.
4. A statement applies when Action, Resource, Principal and every condition match. (elements)
5. Actions match whatever their case, `*` and `?` being wildcards. (Action, NotAction)
6. A resource matches in the six parts of its ARN; a `*` at the end of a part reaches beyond the colon;
   missing parts are `*`; variables stand after the fifth colon only. (Resource, variables, grammar)
7. A principal is named by itself, by its account and, when it is a session, by its role. NotPrincipal
   leaves out only whom it names together with the account. (Principal, NotPrincipal)
8. Keys have no case. A missing key fails, unless the operator is negated or ends with IfExists.
   ForAllValues holds of no values and of empty ones, ForAnyValue does not. (condition operators)
9. Several values of the policy are alternatives, and under a negated operator none of them may match.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

Maybe = bool | None
LIMITS = ("resource control policy", "service control policy", "permissions boundary", "session policy")
RUN, STAY, ONE, INNER = object(), object(), object(), object()
"""Any run of characters; the same without a colon; any one character; the same but a colon."""
Tokens = list[object]


def decide(policies: Sequence[tuple[str, str]], asked: Mapping[str, Any]) -> str:
    """`allow`, `deny`, `explicit deny` or `undecided`."""
    statements = [
        (kind, statement, document.get("Version") == "2012-10-17")
        for kind, document in ((kind, json.loads(text)) for kind, text in policies)
        for statement in listed(document["Statement"])
    ]
    denials = [
        applies(body, asked, variables) for _, body, variables in statements if body["Effect"] == "Deny"
    ]
    if True in denials:  # 1
        return "explicit deny"
    needed = [{kind} for kind in LIMITS if kind in dict(policies)]
    needed.append({kind for kind, _ in policies} - set(LIMITS))
    allowed = [
        some(
            applies(body, asked, variables)
            for kind, body, variables in statements
            if kind in kinds and body["Effect"] == "Allow"
        )
        for kinds in needed
    ]
    if False in allowed:  # 2
        return "deny"
    return "undecided" if None in (*denials, *allowed) else "allow"  # 3


def applies(statement: Mapping[str, Any], asked: Mapping[str, Any], variables: bool) -> Maybe:
    """Step 4."""
    return every(
        [
            action(statement, asked),
            resource(statement, asked, variables),
            principal(statement, asked),
            *(
                condition(written, key, listed(values), asked, variables)
                for written, keys in statement.get("Condition", {}).items()
                for key, values in keys.items()
            ),
        ]
    )


def action(statement: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Step 5."""
    entries = listed(statement.get("Action", statement.get("NotAction")))
    found = any(fits(wild(entry.lower()), asked["action"].lower()) for entry in entries)
    return found != ("NotAction" in statement)


def resource(statement: Mapping[str, Any], asked: Mapping[str, Any], variables: bool) -> Maybe:
    """Step 6."""
    if "Resource" not in statement and "NotResource" not in statement:
        return True
    entries = listed(statement.get("Resource", statement.get("NotResource")))
    found = some(one_resource(entry, asked, variables) for entry in entries)
    return opposite(found) if "NotResource" in statement else found


def one_resource(entry: str, asked: Mapping[str, Any], variables: bool) -> Maybe:
    if entry == "*":
        return True
    parts = arn_parts(entry, variables)
    if variables and any("${" in part for part in parts[:5]):
        return None
    within_parts = arn(complete(parts), asked["resource"], asked, variables, reaching=False)
    beyond = arn(complete(parts), asked["resource"], asked, variables, reaching=True)
    if len(parts) == 6 or within_parts:
        return beyond
    # Which comes first, the missing parts or the reach of the star, AWS does not say.
    return None if beyond or arn(parts, asked["resource"], asked, variables, reaching=True) else False


def arn(parts: list[str], text: str, asked: Mapping[str, Any], variables: bool, reaching: bool) -> Maybe:
    """All six parts, side by side with the colons between them."""
    if not text.startswith("arn:") or text.count(":") < 5:
        return False
    verdicts: list[Maybe] = []
    tokens: Tokens = []
    for number, part in enumerate(parts):
        read = replaced(part, asked, variables, wildcards=True)
        if not isinstance(read, list):
            verdicts.append(read)
            read = [RUN if number == 5 else STAY]  # whatever it is, the other parts have to match
        if number < 5:
            read = [{RUN: STAY, ONE: INNER}.get(token, token) for token in read]
            if reaching and part.endswith("*"):
                read = [*read, RUN]
        tokens += [*([":"] if number else []), *read]
    return every([fits(tokens, text), *verdicts])


def arn_parts(pattern: str, variables: bool) -> list[str]:
    """Up to six parts; a colon within a variable divides nothing."""
    parts, inside = [""], False
    for place, letter in enumerate(pattern):
        inside = (inside or pattern[place : place + 2] == "${") and letter != "}"
        if letter == ":" and not inside and len(parts) < 6:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def complete(parts: list[str]) -> list[str]:
    return parts + ["*"] * (6 - len(parts))


def principal(statement: Mapping[str, Any], asked: Mapping[str, Any]) -> Maybe:
    """Step 7."""
    who = asked["principal"]
    if "NotPrincipal" in statement:
        names = people(statement["NotPrincipal"])
        if isinstance(who, dict) and "AWS" in who:
            return opposite(left_out(names, who["AWS"]))
        return opposite(named(names, who))
    return named(people(statement["Principal"]), who) if "Principal" in statement else True


def people(written: Any) -> dict[str, list[str]]:
    entries = {"AWS": "*"} if written == "*" else written
    return {kind: listed(names) for kind, names in entries.items()}


def named(names: Mapping[str, list[str]], who: Any) -> Maybe:
    if "*" in names.get("AWS", ()):
        return True
    if who == "anonymous":
        return False
    ((kind, name),) = who.items()
    if kind == "AWS":
        itself, role, account = ways(name)
        direct = any(
            entry in account or entry == itself or is_role(entry, role) for entry in names.get("AWS", ())
        )
        return True if direct else (None if names.get("CanonicalUser") else False)
    found = name in names.get(kind, ())
    return None if kind == "Federated" and not found and "*" in names.get(kind, ()) else found


def left_out(names: Mapping[str, list[str]], who: str) -> Maybe:
    """Itself, its role and its account: all of them, or AWS might deny it."""
    entries = names.get("AWS", [])
    if "*" in entries:
        return True
    if names.get("CanonicalUser"):
        return None
    itself, role, account = ways(who)
    by_itself, by_role = itself in entries, any(is_role(entry, role) for entry in entries)
    by_account = any(entry in account for entry in entries)
    if by_itself and by_account and (by_role or not role):
        return True
    if by_itself or by_role:
        return None
    number = who.split(":")[4]
    others = [entry for entry in entries if entry not in account and f":{number}:" in entry]
    return None if by_account and not others else False


def ways(who: str) -> tuple[str, tuple[str, str] | None, tuple[str, str]]:
    """The caller's ARN, account and name of the role of a session, and the two ways to write the account."""
    _, partition, service, _, number, rest = who.split(":", 5)
    account = (number, f"arn:{partition}:iam::{number}:root")
    is_session = service == "sts" and rest.startswith("assumed-role/")
    return (
        who,
        ((f"arn:{partition}:iam::{number}:role/", rest.split("/")[1]) if is_session else None),
        account,
    )


def is_role(entry: str, role: tuple[str, str] | None) -> bool:
    return role is not None and entry.startswith(role[0]) and entry.split("/")[-1] == role[1]


def condition(
    written: str, key: str, expected: Sequence[Any], asked: Mapping[str, Any], variables: bool
) -> Maybe:
    """Steps 8 and 9."""
    quantifier, _, rest = written.rpartition(":")
    operator = rest.removesuffix("IfExists")
    actual = known(key, asked)
    if actual is None:
        return None
    texts = [json.dumps(value) if not isinstance(value, str) else value for value in expected]
    if operator == "Null":
        return null(quantifier, texts, absent=all(value == "" for value in actual))
    if not actual or (quantifier and all(value == "" for value in actual)):
        if rest != operator or quantifier == "ForAllValues":
            return True
        return "Not" in operator and not quantifier
    if not texts and not quantifier and rest == operator:
        return None
    verdicts = [compared(operator, texts, value, asked, variables) for value in actual]
    if quantifier == "ForAllValues":
        return every(verdicts)
    if quantifier == "ForAnyValue":
        return some(verdicts)
    return verdicts[0] if len(set(verdicts)) == 1 else None


def null(quantifier: str, texts: Sequence[str], absent: bool) -> Maybe:
    if quantifier:
        return quantifier == "ForAllValues"
    means = {"true": absent, "false": not absent}
    return some(means.get(text.lower()) for text in texts)


def compared(
    operator: str, texts: Sequence[str], actual: str, asked: Mapping[str, Any], variables: bool
) -> Maybe:
    plain = operator.replace("Not", "")
    found = some(one(plain, text, actual, asked, variables) for text in texts)
    return opposite(found) if plain != operator else found


def one(operator: str, text: str, actual: str, asked: Mapping[str, Any], variables: bool) -> Maybe:
    """One value of the policy beside one of the request."""
    if operator.startswith("String"):
        if operator == "StringEqualsIgnoreCase":
            text, actual = (text if "${" in text and variables else text.lower()), actual.lower()
        read = replaced(text, asked, variables, wildcards=operator == "StringLike")
        if not isinstance(read, list):
            return read
        if operator == "StringEqualsIgnoreCase":
            read = [letter.lower() if isinstance(letter, str) else letter for letter in read]
        return fits(read, actual)
    if operator.startswith("Arn"):
        return (
            True
            if text == "*"
            else arn(complete(arn_parts(text, variables)), actual, asked, variables, False)
        )
    if operator == "Bool":
        return None if variables and "${" in text else text.lower() == actual.lower()
    if operator == "BinaryEquals":
        return both(text, actual, binary, lambda left, right: bool(left == right))
    if operator == "IpAddress":
        return within(text, actual)
    kind = number if operator.startswith("Numeric") else moment
    return both(text, actual, kind, ORDERS[operator.removeprefix("Numeric").removeprefix("Date")])


ORDERS: dict[str, Any] = {
    "Equals": lambda limit, value: value == limit,
    "LessThan": lambda limit, value: value < limit,
    "LessThanEquals": lambda limit, value: value <= limit,
    "GreaterThan": lambda limit, value: value > limit,
    "GreaterThanEquals": lambda limit, value: value >= limit,
}


def both(text: str, actual: str, read: Any, holds: Any) -> Maybe:
    limit, value = read(text), read(actual)
    return None if limit is None or value is None else holds(limit, value)


def number(text: str) -> Fraction | None:
    return Fraction(text) if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else None


DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(T([0-9]{2}):([0-9]{2})(:([0-9]{2}))?(Z|([+-])([0-9]{2}):([0-9]{2})))?"
)


def moment(text: str) -> Fraction | None:
    """Seconds since 1970. Four digits alone are a year in one of the two forms and seconds in the other."""
    if re.fullmatch("-?[0-9]+", text):
        return None if re.fullmatch("[0-9]{4}", text) else Fraction(text)
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, _, hours, minutes, _, seconds, _, sign, ahead, more = found.groups()
    try:
        there = datetime.fromisoformat(
            f"{year}-{month}-{day}T{hours or '00'}:{minutes or '00'}:{seconds or '00'}"
        )
    except ValueError:
        return None
    offset = timedelta(hours=int(ahead or 0), minutes=int(more or 0)) * (-1 if sign == "-" else 1)
    return Fraction((there - offset - datetime(1970, 1, 1)) // timedelta(seconds=1))


def binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def within(text: str, actual: str) -> Maybe:
    """By the bits that the prefix covers. An IPv6 address without one has the prefix 32, or its own 128."""
    first, slash, length = text.partition("/")
    try:
        start, address = ipaddress.ip_address(first), ipaddress.ip_address(actual)
        bits = int(length) if slash else start.max_prefixlen
    except ValueError:
        return None
    if bits > start.max_prefixlen:
        return None
    if start.version != address.version:
        return False
    differing = (int(start) ^ int(address)).bit_length()
    if differing <= start.max_prefixlen - bits:
        return True
    return None if not slash and start.version == 6 and differing <= 96 else False


def replaced(text: str, asked: Mapping[str, Any], variables: bool, wildcards: bool) -> Tokens | Maybe:
    """The pattern letter by letter; None when nobody knows, False when a variable has no value."""
    tokens: Tokens = []
    if variables and "}" not in text[text.rfind("${") :] and "${" in text:
        return None  # a brace is missing
    while text:
        if variables and text.startswith("${"):
            name, _, text = text[2:].partition("}")
            value = valued(name, asked)
            if not isinstance(value, str):
                return value
            tokens += value
        else:
            tokens += wild(text[0]) if wildcards else [text[0]]
            text = text[1:]
    return tokens


def valued(name: str, asked: Mapping[str, Any]) -> str | Maybe:
    if name in ("*", "?", "$"):
        return name
    found = re.fullmatch("([^ ,']+)(, '([^']*)')?", name)
    values = known(found[1], asked) if found else None
    if found is None or values is None or len(values) > 1:
        return None
    if not values:
        return found[3] if found[2] else False
    if values[0] == "":
        return None if found[2] else False
    return values[0]


def known(key: str, asked: Mapping[str, Any]) -> list[str] | None:
    """The values of a key: none when it is missing, None when nobody knows."""
    for name, values in asked["context"].items():
        if name.lower() == key.lower():
            return listed(values)
    return None if key.lower() in [name.lower() for name in asked.get("unknown", ())] else []


def wild(pattern: str) -> Tokens:
    return [{"*": RUN, "?": ONE}.get(letter, letter) for letter in pattern]


def fits(tokens: Tokens, text: str) -> bool:
    """Follow every way through the text at once."""
    places = {0}
    for token in tokens:
        if token is RUN:
            places = set(range(min(places), len(text) + 1))
        elif token is STAY:
            ends = [(place, text.find(":", place)) for place in places]
            places = {at for place, end in ends for at in range(place, (end if end >= 0 else len(text)) + 1)}
        else:
            places = {place + 1 for place in places if place < len(text) and is_one(token, text[place])}
        if not places:
            return False
    return len(text) in places


def is_one(token: object, letter: str) -> bool:
    return token is ONE or (token is INNER and letter != ":") or token == letter


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def some(verdicts: Any) -> Maybe:
    found = list(verdicts)
    return True if True in found else (None if None in found else False)


def every(verdicts: Any) -> Maybe:
    found = list(verdicts)
    return False if False in found else (None if None in found else True)


def opposite(verdict: Maybe) -> Maybe:
    return None if verdict is None else not verdict
