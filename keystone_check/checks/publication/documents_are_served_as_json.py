"""The documents are served as JSON.

## Why it matters
AWS documents no requirement, and issuers whose documents come as `binary/octet-stream` work. Other readers
of the same documents (API gateways, identity providers, libraries) do refuse a type that is not JSON, and a
proxy may rewrite what calls itself text or HTML.

## How to fix
Set the content type of both documents to `application/json`.

## References
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse
- https://www.rfc-editor.org/rfc/rfc7517#section-8.5
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.LOW


def judge(
    discovery: Response, key_set: Response | Missing, bucket: publishing.StoredDocuments
) -> Iterator[Finding]:
    """One finding for each document that is JSON."""
    for answer in revising.documents(discovery, key_set):
        if isinstance(answer, Missing):
            yield blocked(answer.fact, answer)
        elif not revising.good(answer):
            yield not_applicable(answer.url, "there is no JSON document")
        else:
            yield _judged(answer, bucket)


def _judged(answer: Response, bucket: publishing.StoredDocuments) -> Finding:
    named = answer.header("content-type")
    kind = named.partition(";")[0].strip().lower()
    if kind.startswith("application/") and kind.endswith(("/json", "+json")):
        return holds(answer.url)
    revision = revising.Revision("serve it as JSON", "its text stays as it is", lambda text: text)
    return broken(
        answer.url,
        f"{answer.url} is served as {named or 'nothing in particular'}, not as {revising.JSON}",
        Evidence(f"content-type of {answer.url}", revising.JSON, named or "no content type"),
        revising.revise(answer.url, answer, bucket, revision),
    )
