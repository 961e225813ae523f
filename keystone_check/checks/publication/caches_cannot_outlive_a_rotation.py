"""A cache in front of the documents cannot outlive a key rotation.

## Why it matters
A cache such as CloudFront goes on serving the old key set after the new one was published. Until it asks
again every token of the new key gets `Couldn't retrieve verification key from your identity provider`
(InvalidIdentityToken), here and there and then everywhere, and the bucket looks right. Kubernetes itself
lets readers keep its key set for an hour.

## How to fix
Invalidate both documents at each change, and let the cache keep them for an hour at most, better not at all.

## References
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
- https://www.rfc-editor.org/rfc/rfc9111
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from keystone_check.checks import revising
from keystone_check.iam.caching import kept
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

severity = Severity.MEDIUM
MOST_SECONDS = 3600
"""What Kubernetes says of its own key set (Cache-Control: public, max-age=3600)."""
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's managed policy of that name."""


def judge(discovery: Response, key_set: Response | Missing) -> Iterator[Finding]:
    """One finding for each document."""
    for answer in revising.documents(discovery, key_set):
        if isinstance(answer, Missing):
            yield blocked(answer.fact, answer)
        elif answer.status != 200:
            yield not_applicable(answer.url, f"the answer is {answer.status}")
        else:
            yield _judged(answer)


def _judged(answer: Response) -> Finding:
    age, lasting = _age(answer), kept(answer.header("cache-control"))
    longest = max(age, lasting)
    if longest <= MOST_SECONDS:
        return holds(answer.url, f"a cache in front of it gave an answer {age} s old" if age else "")
    seen = f"cache-control: {answer.header('cache-control') or 'none'}; age: {answer.header('age') or 'none'}"
    now = f"this answer was {age} s old" if age else "none has answered here"
    return broken(
        answer.url,
        f"caches may serve {answer.url} for {longest} s after a rotation; {now}",
        Evidence(f"headers of {answer.url}", f"at most {MOST_SECONDS} s", seen),
        _repair(answer),
    )


def _age(answer: Response) -> int:
    said = answer.header("age")
    return int(said) if re.fullmatch(r"\d{1,10}", said, re.ASCII) else 0


def _repair(answer: Response) -> Repair:
    path = urlsplit(answer.url).path
    return Repair(
        "make the cache forget",
        Safety.MANUAL,
        "which cache stands there is known to whoever runs it",
        steps=(
            "CloudFront: forget what is kept now",
            f"  aws cloudfront create-invalidation --distribution-id ID --paths '{path}'",
            f"and keep nothing from then on: cache policy CachingDisabled ({CACHING_DISABLED})",
            "an object of S3: store it again without Cache-Control, or with max-age=60",
        ),
    )
