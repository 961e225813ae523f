"""The documents are small.

## Why it matters
AWS documents no limit for the size of a document, so none is known to be safe. A key set of the 100 RSA and
100 EC keys that AWS takes has about 100 KB; what is far larger holds something else, costs time at every
exchange, and STS waits five seconds for all of it.

## How to fix
Publish the keys that sign, and those that signed tokens which still live, and nothing beside them.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
"""

from collections.abc import Iterator

from keystone_check.checks import revising
from keystone_check.model.facts import Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.web import Response

severity = Severity.LOW
MOST_BYTES = 256 * 1024
"""Ours: twice what the largest key set that AWS takes needs."""


def judge(discovery: Response, key_set: Response | Missing) -> Iterator[Finding]:
    """One finding for each document."""
    for answer in revising.documents(discovery, key_set):
        if isinstance(answer, Missing):
            yield blocked(answer.fact, answer)
        elif answer.status != 200:
            yield not_applicable(answer.url, f"the answer is {answer.status}")
        elif answer.size <= MOST_BYTES:
            yield holds(answer.url)
        else:
            yield _large(answer)


def _large(answer: Response) -> Finding:
    seen = f"{answer.size} bytes or more" if isinstance(answer.body, Missing) else f"{answer.size} bytes"
    return broken(
        answer.url,
        f"{answer.url} has {seen}, far more than its purpose needs ({MOST_BYTES})",
        Evidence(f"anonymous GET {answer.url}", f"at most {MOST_BYTES} bytes", seen),
        Repair(
            "publish what is needed alone",
            Safety.MANUAL,
            "what else the document is for is not known here",
            steps=(
                f"curl -s {answer.url} | head -c 2000",
                "kubectl get --raw /openid/v1/jwks  # the keys that have to be published",
            ),
        ),
    )
