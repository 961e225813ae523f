"""What the checks of the exchange share: what STS would answer to each bound account, by the facts."""

from collections.abc import Iterator

from keystone_check.iam.sts import AssumeRequest, Granted, Refused, Undecided, exchange
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, blocked
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import Expected

SESSION_NAME = "keystone-check"
Prediction = Granted | Refused | Undecided


def predictions(
    accounts: Subjects[ServiceAccount],
    tokens: Subjects[Token],
    discovery: Response | Missing,
    key_set: Response | Missing,
    chains: Subjects[Chain],
    providers: Subjects[Provider] | Missing,
    roles: Subjects[Role] | Missing,
    now: int,
    expected: Expected,
) -> Iterator[tuple[str, Prediction | Absent | Missing]]:
    """By name of the account: the prediction, or why there is none."""
    for name, account in accounts:
        token = account if isinstance(account, Absent | Missing) else tokens[name]
        if isinstance(account, Absent | Missing) or not isinstance(token, Token):
            yield name, token  # type: ignore[misc]  # an account that is not there is no token
            continue
        yield (
            name,
            exchange(
                AssumeRequest(account.role_arn, SESSION_NAME, expected.session_seconds),
                token,
                discovery,
                key_set,
                chains,
                providers,
                roles if isinstance(roles, Missing) else roles[account.role_arn],
                now,
            ),
        )


def unforeseen(name: str, undecided: Undecided) -> Finding:
    """Something that STS looks at was not seen."""
    lacking = next(
        (why.permission for why in undecided.because if isinstance(why, Missing) and why.permission), ""
    )
    return blocked(name, Missing(name, f"nobody can tell what STS would say: {undecided}", lacking))
