"""Both documents together answer within five seconds.

## Why it matters
STS fetches the discovery document and then the key set. AWS names more than five seconds of latency as a
cause of `Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken): it comes
and goes with the load, and a second try may well pass. The time is measured from here, which is not where
STS asks from.

## How to fix
Serve static files: an object store or a CDN, no application that makes the documents at each request.

## References
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
"""

from collections.abc import Iterator

from keystone_check.iam.sts_documents import PATIENCE
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, blocked, broken, holds
from keystone_check.model.web import Response

severity = Severity.HIGH


def judge(discovery: Response, key_set: Response | Missing) -> Iterator[Finding]:
    """One finding, about both."""
    took = discovery.milliseconds + (0 if isinstance(key_set, Missing) else key_set.milliseconds)
    if took > PATIENCE * 1000:
        yield _slow(discovery, key_set, took)
    elif isinstance(key_set, Missing):
        yield blocked(key_set.fact, key_set)
    else:
        yield holds(discovery.url)


def _slow(discovery: Response, key_set: Response | Missing, took: int) -> Finding:
    answers = [answer for answer in (discovery, key_set) if isinstance(answer, Response)]
    each = ", ".join(f"{answer.url} {answer.milliseconds / 1000:.1f} s" for answer in answers)
    return broken(
        discovery.url,
        f"the documents take {took / 1000:.1f} s together, and STS waits {PATIENCE} s",
        Evidence("anonymous GETs from here", f"at most {PATIENCE} s together", each),
        Repair(
            "serve the documents as static files",
            Safety.MANUAL,
            "what makes them slow is known to whoever runs the host",
            steps=tuple(
                f"curl -so /dev/null -w '%{{time_starttransfer}} %{{time_total}}\\n' {answer.url}"
                for answer in answers
            ),
        ),
    )
