"""The documents answer at their own address, without a redirect.

## Why it matters
Nobody has documented that STS follows a redirect. One that leads to an address inside a network is worse: who
followed it would ask machines that no stranger may ask. It is reported here and never followed. S3 redirects
(`301 PermanentRedirect`, `307 TemporaryRedirect`) where the host names another region than the bucket's. The
exchange ends in `Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken).

## How to fix
Serve both documents at exactly the addresses that issuer and jwks_uri name: the regional host of S3, and no
rule of a web server (http to https, a host with or without www, a slash at the end) in between.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
"""

from collections.abc import Iterator
from urllib.parse import urljoin

from keystone_check.checks import publishing, revising
from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, blocked, broken, holds
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(discovery: Response, key_set: Response | Missing) -> Iterator[Finding]:
    """One finding for each document."""
    for answer in revising.documents(discovery, key_set):
        if isinstance(answer, Missing):
            yield blocked(answer.fact, answer)
        elif 300 <= answer.status < 400:
            yield _redirected(answer)
        else:
            yield holds(answer.url)


def _redirected(answer: Response) -> Finding:
    return broken(
        answer.url,
        f"{answer.url} answers with {publishing.refusal(answer)}{_inside(answer)}",
        Evidence(f"anonymous GET {answer.url}", "200", publishing.refusal(answer)),
        Repair(
            "serve the document itself",
            Safety.MANUAL,
            "which rule redirects is known to whoever runs the host",
            steps=(
                f"curl -sI {answer.url}",
                "take out the rule that redirects it: of the web server, the CDN or the bucket's website",
            ),
        ),
    )


def _inside(answer: Response) -> str:
    location = answer.header("location")
    problem = public_url_problem(urljoin(answer.url, location)) if location else ""
    return f"; it leads to where no stranger can go: {problem}" if problem else ""
