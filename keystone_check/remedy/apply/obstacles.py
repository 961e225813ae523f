"""Why a change was not written, and what to do next."""

from difflib import unified_diff

from keystone_check.model.change import Change
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply import rights
from keystone_check.remedy.apply.standing import Standing
from keystone_check.remedy.describe import title

_STEPS = {
    "MalformedPolicyDocument": "AWS does not take this policy: report it with the diff that was shown",
    "MalformedPolicy": "AWS does not take this policy: report it with the diff that was shown",
    "LimitExceeded": "raise the quota with AWS, or shorten what stands there",
    "ConcurrentModification": "somebody else is writing to it: repeat the command",
    "PreconditionFailed": "somebody else wrote to it in between: repeat the command",
    "ConditionalRequestConflict": "somebody else wrote to it in between: repeat the command",
    "OpenIdIdpCommunicationError": "IAM could not reach the issuer: mend its publication first",
    "UnmodifiableEntity": "only the AWS service that owns it may change it",
    "NoSuchEntity": "it is gone since the plan was made: repeat the command",
    "NoSuchBucket": "it is gone since the plan was made: repeat the command",
    "404": "it is gone since the plan was made: repeat the command",
    "409": "somebody else wrote to it in between: repeat the command",
}
"""By the service's own code."""


_IN_DOUBT = frozenset(
    {"", "timeout", "InternalError", "InternalFailure", "ServiceFailure", "EntityAlreadyExists"}
)


def in_doubt(error: ReadError) -> bool:
    """Whether a write may have taken effect all the same: no answer came, or what is in its way may be ours.

    Looking does not decide it: IAM and a bucket's settings may be told as they were for a while.
    """
    return error.code in _IN_DOUBT or error.code.startswith("5")


def next_step(error: ReadError) -> str:
    """What to do about a refusal; AWS and Kubernetes say what went wrong, seldom what helps."""
    if error.hint:
        return error.hint
    if error.permission == rights.PUT_BUCKET_POLICY.action:
        return (
            f"allow {error.permission}; S3 says the same where a public access block of the bucket, "
            "the account or the organization forbids public policies"
        )
    if error.permission:
        return f"allow {error.permission} to whoever runs this, or let someone apply it who may"
    return _STEPS.get(error.code, "repeat the command; what was written before this is not lost")


def changed(change: Change, before: object, found: Standing) -> str:
    """What is not as the plan had it: both values, or of long texts the first lines that differ."""
    sentence = f"could not {title(change)}: what stands there is not what the plan was made for"
    if isinstance(before, str) and isinstance(found.value, str):
        lines = list(unified_diff(before.splitlines(), found.value.splitlines(), n=0, lineterm=""))[2:]
        differing = [line for line in lines if not line.startswith("@@")]
        return "\n".join((sentence, *differing[:_LINES]))
    return f"{sentence}: planned over {_shown(before)}, found {_shown(found.value)}"


_LINES = 8


def _shown(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
