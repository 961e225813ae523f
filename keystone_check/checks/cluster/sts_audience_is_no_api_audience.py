"""The audience for STS is none of the API server's own.

## Why it matters
Every pod has a token for the API server's audiences, whether it asked for one or not. Where one of them is
the audience that the IAM provider registers (`sts.amazonaws.com`), that default token opens AWS as well: any
process that reads `/var/run/secrets/kubernetes.io/serviceaccount/token` can call
`sts:AssumeRoleWithWebIdentity`, and the token that was meant for AWS opens the API server to whoever gets
hold of it. Such a token names several audiences besides, and which of them STS takes is not documented.

## How to fix
Leave the STS audience out of `--api-audiences`. Pods get it by the projected volume that the webhook, or the
pod's author, adds for it.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.servers import API_AUDIENCES, ApiToken
from keystone_check.model.world import Expected

severity = Severity.HIGH


def judge(api_token: ApiToken, accounts: Subjects[ServiceAccount], expected: Expected) -> Iterator[Finding]:
    """One finding an audience that tokens for STS carry."""
    carried = {account.audience(expected.audience) for _, account in accounts.seen()}
    for audience in sorted({expected.audience, *carried}):
        yield _shared(audience, api_token) if audience in api_token.audiences else holds(audience)


def _shared(audience: str, api_token: ApiToken) -> Finding:
    others = tuple(item for item in api_token.audiences if item != audience)
    return broken(
        audience,
        f"the API server takes tokens for {audience} as its own, so that every pod's default token has it",
        Evidence("aud claim of a token for which no audience was asked", f"no {audience}", _list(api_token)),
        starting.restart(
            "leave the audience for STS out of the API's", f"{API_AUDIENCES}={','.join(others) or 'ISSUER'}"
        ),
    )


def _list(api_token: ApiToken) -> str:
    return ", ".join(api_token.audiences)
