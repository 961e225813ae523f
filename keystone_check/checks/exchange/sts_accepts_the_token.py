"""STS would accept the service account's token.

## Why it matters
This is the whole chain at once, for one really minted token: its claims, the documents as a stranger gets
them, the provider, the role's trust policy. STS names at most one fault, in a sentence that stands for
several; here every reason is listed, with the message that STS gives for it as documented or reported. The
order in which STS looks at them is inferred from reports.

## How to fix
Mend the first broken link; the reasons name the link that each belongs to.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
"""

from collections.abc import Iterator

from keystone_check.checks.exchanging import predictions, unforeseen
from keystone_check.iam.sts import Granted, Refused, Undecided
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount],
    tokens: Subjects[Token],
    discovery: Response | Missing,
    key_set: Response | Missing,
    chains: Subjects[Chain],
    providers: Subjects[Provider] | Missing,
    roles: Subjects[Role] | Missing,
    now: int,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding a bound service account."""
    facts = (accounts, tokens, discovery, key_set, chains, providers, roles, now, expected)
    for name, predicted in predictions(*facts):
        yield gap(name, predicted) if isinstance(predicted, Absent | Missing) else _told(name, predicted)


def _told(name: str, answer: Granted | Refused | Undecided) -> Finding:
    match answer:
        case Granted():
            return holds(name, "predicted from the facts; STS itself was not asked")
        case Undecided():
            return unforeseen(name, answer)
        case Refused(reasons=reasons, first=first):
            return broken(
                name,
                f"STS would refuse its token: {first.code}: {first.message} ({first.certainty})",
                Evidence(
                    "prediction of sts:AssumeRoleWithWebIdentity",
                    "temporary credentials",
                    "; ".join(dict.fromkeys(reason.cause for reason in reasons)),
                ),
            )
