"""STS answers as the facts foretell.

## Why it matters
The prediction rests on what can be read. What cannot, such as a service control policy or a resource control
policy of the organization, an endpoint that is switched off (`STS is not activated in this region for
account:…`), a cache of AWS's that still holds the former keys, or a rule of STS that nobody documented, shows
only in the real answer. An answer that was not foreseen is worth a look for its own sake: either something
outside of these facts decides, or the prediction is wrong.

It is asked with `--live` only: one AssumeRoleWithWebIdentity for each bound service account, with a fresh
token, at the region's own endpoint. What STS hands out is dropped at once. A refusal that was foreseen is
told by `sts_accepts_the_token`.

## How to fix
For `Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied) against a trust policy that
allows it, ask whoever runs the organization for policies that deny `sts:AssumeRoleWithWebIdentity`. For
`Couldn't retrieve verification key from your identity provider` ask again after some minutes. Otherwise
report it to us, with `--format json`.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
"""

from collections.abc import Iterator

from keystone_check.checks.exchanging import Prediction, predictions, unforeseen
from keystone_check.iam.sts import Certainty, Granted, Refused, Undecided
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.exchange import Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import Expected

severity = Severity.HIGH


def judge(
    answers: Subjects[Answer],
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
        answer = predicted if isinstance(predicted, Absent) else answers[name]
        if isinstance(answer, Absent | Missing):
            yield gap(name, answer)
        elif isinstance(predicted, Absent | Missing):
            yield gap(name, predicted)
        else:
            yield _compared(name, answer, predicted)


def _compared(name: str, answer: Answer, predicted: Prediction) -> Finding:
    match predicted:
        case Granted() if answer.granted:
            return holds(name, "STS granted it just now")
        case Undecided() if answer.granted:
            return unforeseen(name, predicted)
        case Refused(reasons=reasons) if any(answer.code == reason.code for reason in reasons):
            return _refused(name, answer, predicted)
        case Granted():
            foretold = "credentials"
        case Refused(first=first):
            foretold = f"{first.code}: {first.message} ({first.certainty})"
        case Undecided():
            foretold = f"not foreseen: {predicted}"
    return _disagreed(name, answer, foretold)


def _refused(name: str, answer: Answer, predicted: Refused) -> Finding:
    """One code has several causes: the sentence has to be one of those foretold, as far as they are known."""
    sure = all(reason.certainty is not Certainty.INFERRED for reason in predicted.reasons)
    told = {_words(reason.message) for reason in predicted.reasons}
    if _words(answer.message) in told or not sure:
        return holds(name, f"STS refused it just now, as foretold: {answer.code}: {answer.message}")
    return _disagreed(name, answer, f"{predicted.first.code}: {predicted.first.message}")


def _words(message: str) -> str:
    """White space and times aside, the sentence; STS's wording differs in both."""
    return " ".join(
        "#" if word.isdecimal() else word for word in message.replace(":", " ").split()
    ).casefold()


def _disagreed(name: str, answer: Answer, foretold: str) -> Finding:
    said = "granted it" if answer.granted else f"answered {answer.code}: {answer.message}"
    return broken(
        name,
        f"STS {said}; by the facts it would be {foretold}",
        Evidence("sts:AssumeRoleWithWebIdentity", foretold, said),
        Repair(
            "find what decides beside these facts",
            Safety.MANUAL,
            "what STS sees beside them cannot be read from here",
            steps=(
                "ask whoever runs the organization for policies that deny sts:AssumeRoleWithWebIdentity",
                "look again after some minutes: AWS may still see what stood here before",
            ),
        ),
    )
