"""The last exchange that CloudTrail recorded came out as the facts foretell.

## Why it matters
CloudTrail tells what really happened to pods. A last exchange that was refused, for an account that STS
would accept by the facts, was made before something was mended, from another place, or under a policy
that cannot be read from here. One that was accepted, where STS would refuse, says that something broke
since, or that the prediction is wrong. `errorMessage` is often no more than `An unknown error occurred`;
the code counts.

`ExpiredTokenException` (`Token expired: current date/time … must be before the expiration date/time …`)
tells more: the kubelet renews the token in the file long before it runs out, and a fresh one would be
accepted. Whoever sends one that has run out most likely keeps the token that it read once, as old SDKs do.

It is read with `--cloudtrail` only: the last 12 hours of one region's event history, in one pass for all
roles. An event takes about five minutes to show. Pods that use another region's endpoint, or the global one,
are recorded there. AWS does not record every refusal: `Couldn't retrieve verification key from your identity
provider` is in no event history, and users report the same of the other InvalidIdentityToken answers. For
those, no event says nothing.

## How to fix
Where something was mended since, wait for the next exchange. Where a token had run out, restart the pods and
update their SDK, or give it a provider that reads the file again. Otherwise ask STS itself, with `--live`:
its answer settles which of the two is right.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
- https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
- https://github.com/aws/aws-sdk-java-v2/issues/5709
"""

from collections.abc import Iterator

from keystone_check.checks.exchanging import Prediction, predictions, unforeseen
from keystone_check.iam.sts import Granted, Refused, Undecided
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.exchange import Answer, Event, Recorded, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import Expected

severity = Severity.MEDIUM
EXPIRED = "ExpiredTokenException"
ITS_OWN = "Validation"
"""How the codes begin that concern the call's parameters: `recorded_requests_fit` judges those."""
UNRECORDED = "InvalidIdentityToken"
"""AWS says so of one of its texts (knowledge-center/iam-sts-invalididentitytoken), users of all."""


def judge(
    recorded: Trail,
    answers: Subjects[Answer] | Absent | Missing,
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
    live: Subjects[Answer] = answers if isinstance(answers, Subjects) else Subjects()
    for name, predicted in predictions(*facts):
        if isinstance(predicted, Absent | Missing):
            yield gap(name, predicted)
            continue
        exchanges = recorded.exchanges[name]
        if not isinstance(exchanges, Recorded):
            yield gap(name, exchanges)
        else:
            yield _judged(name, exchanges.last, predicted, live[name], recorded, now)


def _judged(
    name: str,
    last: Event | Absent,
    predicted: Prediction,
    answer: Answer | Absent | Missing,
    trail: Trail,
    now: int,
) -> Finding:
    if isinstance(last, Absent):
        hours = (now - trail.since) // 3600
        return not_applicable(
            name, f"no exchange is recorded in {trail.region} in {hours} hours{_silence(predicted)}"
        )
    said = _told(last, now)
    if last.code == EXPIRED and isinstance(predicted, Granted):
        return _kept(name, said)
    if last.code.startswith(ITS_OWN) and (last.provider_id or last.seconds):
        return not_applicable(name, f"{said}, for what it asked for beside the token")
    if isinstance(predicted, Undecided):
        return unforeseen(name, predicted)
    if _agree(last, predicted):
        return holds(name, said)
    if isinstance(answer, Answer):
        now_says = "grants it" if answer.granted else f"refuses it with {answer.code}"
        return holds(name, f"{said}; STS itself {now_says} now{_silence(predicted)}")
    return _disagreed(name, said, predicted)


def _kept(name: str, said: str) -> Finding:
    """A refusal that neither a mended chain nor a fresh token of ours makes undone."""
    namespace, _, account = name.partition("/")
    return broken(
        name,
        f"{said}; a fresh token would be accepted: it seems that a program keeps the token that it read "
        "once, while the kubelet renews the file",
        Evidence("cloudtrail:LookupEvents", "an exchange of a token that has not run out", said),
        Repair(
            "update the program's SDK, and restart its pods",
            Safety.MANUAL,
            "what a program does with the token is its own",
            steps=(
                f"kubectl -n {namespace} get pods -o wide | grep {account}, and compare their age with a day",
                "use an SDK whose token file provider reads the file again at each exchange",
            ),
        ),
    )


def _agree(last: Event, predicted: Prediction) -> bool:
    match predicted:
        case Granted():
            return not last.code
        case Refused(reasons=reasons):
            return any(reason.code == last.code for reason in reasons)
        case _:
            return True


def _told(event: Event, now: int) -> str:
    minutes = max(0, now - event.at) // 60
    what = f"refused with {event.code}" if event.code else "accepted"
    return f"its last recorded exchange was {what}, {minutes} minutes ago"


def _silence(predicted: Prediction) -> str:
    if isinstance(predicted, Refused) and predicted.first.code == UNRECORDED:
        return f"; AWS records no {UNRECORDED}"
    return ""


def _disagreed(name: str, said: str, predicted: Prediction) -> Finding:
    now = f"refuse it with {predicted.first.code}" if isinstance(predicted, Refused) else "accept it"
    return broken(
        name,
        f"{said}; by the facts STS would now {now}{_silence(predicted)}",
        Evidence("cloudtrail:LookupEvents", f"STS would {now}", said),
        Repair(
            "ask STS itself",
            Safety.MANUAL,
            "whether something changed since or decides beside these facts, only its answer tells",
            steps=("keystone-check --live --cloudtrail, with the options of this run",),
        ),
    )
