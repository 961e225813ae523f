"""Policy text into values. A broken statement is reported with its place and never skipped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from keystone_check.iam import strict
from keystone_check.iam.language import Policy, PolicyKind, Statement
from keystone_check.iam.statements import Say, known, statement, string

__all__ = ["PolicyKind", "Problem", "Reading", "read"]

VERSIONS = ("2008-10-17", "2012-10-17")
_STRANGE = re.compile(r"[^\t\n\r\x20-\xff]")
_DOCUMENT = ("Version", "Id", "Statement")
_LENGTHS = {
    # Characters without white space. Those of trust and identity policies are the largest quotas that
    # AWS documents; S3 counts bytes.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    PolicyKind.IDENTITY: 10240,
    PolicyKind.TRUST: 8192,
    PolicyKind.BOUNDARY: 6144,
    PolicyKind.SESSION: 2048,
    PolicyKind.RESOURCE: 20480,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `refused` is False for a remark: AWS stores such a policy all the same."""

    place: str
    message: str
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class Reading:
    """The policy, or None when AWS would refuse the text, and everything that is wrong with it."""

    policy: Policy | None
    problems: tuple[Problem, ...] = ()

    @property
    def because(self) -> str:
        """All problems in one line."""
        return "; ".join(map(str, self.problems))


@lru_cache(maxsize=1024)
def read(text: str, kind: PolicyKind) -> Reading:
    """Read a policy of one kind; `policy` is None exactly when a problem is one that AWS refuses.

    Kept: many checks ask about every role's policy.
    """
    document = strict.read(text)
    if not isinstance(document, Mapping):
        return Reading(None, (Problem("", f"a policy is a JSON object; {strict.looks_like(text)}"),))
    problems = [
        Problem(place, f'"{name}" stands twice in one object') for place, name in strict.repeated(document)
    ]
    _length(text, kind, problems)
    _characters(text, kind, problems)

    def say(place: str, message: str) -> None:
        problems.append(Problem(place, message))

    policy = _policy(document, kind, say)
    if "Version" not in document:
        message = "there is no Version, which means 2008-10-17: policy variables are not replaced"
        problems.append(Problem("Version", message, refused=False))
    refused = any(problem.refused for problem in problems)
    return Reading(None if refused else policy, tuple(problems))


def _length(text: str, kind: PolicyKind, problems: list[Problem]) -> None:
    limit = _LENGTHS.get(kind)
    size = len(text.encode()) if kind is PolicyKind.RESOURCE else len("".join(text.split()))
    if limit and size > limit:
        problems.append(Problem("", f"the {kind.value} has at most {limit} characters; this has {size}"))


def _characters(text: str, kind: PolicyKind, problems: list[Problem]) -> None:
    """IAM's own documents hold tab, line feed, carriage return and U+0020 to U+00FF (IAM quotas, names)."""
    strange = _STRANGE.search(text) if kind is not PolicyKind.RESOURCE else None
    if strange:
        place = f"character {strange.start() + 1}"
        problems.append(Problem(place, f"U+{ord(strange[0]):04X} is a character that IAM does not take"))


def _policy(document: Mapping[str, object], kind: PolicyKind, say: Say) -> Policy:
    known(document, _DOCUMENT, "", say)
    version = document.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        say("Version", f"it is {' or '.join(VERSIONS)}, not {version!r}")
    written = document.get("Statement")
    bodies = written if isinstance(written, list) else [written]
    if "Statement" not in document or not bodies:
        say("Statement", "there is no statement")
        bodies = []
    variables = version == VERSIONS[1]
    statements = tuple(
        statement(body, f"Statement[{number}]", kind, variables, say) for number, body in enumerate(bodies)
    )
    _distinct_sids(statements, kind, say)
    return Policy(kind, str(version), statements, string(document.get("Id", ""), "Id", say))


def _distinct_sids(statements: tuple[Statement, ...], kind: PolicyKind, say: Say) -> None:
    """IAM demands it, and letters and digits only; S3 and other owners of resource policies do neither."""
    sids = [statement.sid for statement in statements if statement.sid and kind is not PolicyKind.RESOURCE]
    for sid in dict.fromkeys(sids):
        if not (sid.isascii() and sid.isalnum()):
            say("Statement", f'the Sid "{sid}" holds more than letters and digits')
        if sids.count(sid) > 1:
            say("Statement", f'the Sid "{sid}" is used {sids.count(sid)} times in one {kind.value}')
