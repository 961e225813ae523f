"""Whether a policy opened or closed, decided by the law where it can be: to whom, and for what.

1. A trust policy is asked about the subjects that are bound to the role on either side, about subjects and
   audiences near them, and about the providers that it names.
2. A bucket policy is asked about the two documents, and about whatever else strangers may do.
3. Where both sides answer the same, only the text is another.
"""

from collections.abc import Iterator

from keystone_check.iam.bucket_policy import opened_beyond, opens
from keystone_check.iam.language import Effect, PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.trust import Pin, audience_pin, subject_pin
from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.world import World


def trust_opening(arn: str, was: str, now: str, before: World, after: World) -> Iterator[str]:
    """What the trust policy of a role lets in now and did not, and the other way round."""
    old, new = _admitted(arn, was, before, after), _admitted(arn, now, before, after)
    if wider := sorted(new - old):
        yield f"the trust policy of {arn} widened: it lets in {', '.join(wider)}"
    if narrower := sorted(old - new):
        yield f"the trust policy of {arn} narrowed: it no longer lets in {', '.join(narrower)}"
    if not wider and not narrower:
        yield f"the trust policy of {arn} is another text; whom it lets in, as far as was asked, is the same"


def _admitted(arn: str, trust: str, *worlds: World) -> set[str]:
    """1."""
    reading = read(trust, PolicyKind.TRUST)
    if reading.policy is None:
        return set()
    allowing = [one for one in reading.policy.statements if one.effect is Effect.ALLOW and one.principals]
    named = {str(it) for one in allowing for it in one.principals.federated}  # type: ignore[union-attr]
    found = {f"principal {it}" for one in allowing for it in one.principals.aws}  # type: ignore[union-attr]
    for issuer in {getattr(world.issuer, "url", "") for world in worlds}:
        for provider in named:
            found |= set(_web_identities(arn, trust, provider, issuer, worlds))
    return found


def _web_identities(
    arn: str, trust: str, provider: str, issuer: str, worlds: tuple[World, ...]
) -> Iterator[str]:
    for subject in _bound(arn, worlds):
        pin = subject_pin(trust, provider, issuer, subject)
        if isinstance(pin, Pin):
            yield from (f"{it} of {provider}" for it in ((subject,) if pin.allows else ()))
            yield from (f"subjects such as {it} of {provider}" for it in pin.others[:1])
    for audience in {world.expected.audience for world in worlds}:
        pin = audience_pin(trust, provider, issuer, audience)
        if isinstance(pin, Pin):
            yield from (f"audiences other than {audience} of {provider}" for _ in pin.others[:1])
            yield from (f"the audience {audience} of {provider}" for _ in range(bool(pin.allows)))


def _bound(arn: str, worlds: tuple[World, ...]) -> tuple[str, ...]:
    found = [
        account.subject
        for world in worlds
        if not isinstance(world.accounts, Missing)
        for _, account in world.accounts.seen()
        if account.role_arn == arn
    ]
    return tuple(dict.fromkeys(found)) or ("system:serviceaccount:default:default",)


def bucket_opening(was: object, now: object, before: World, after: World) -> Iterator[str]:
    """What strangers may do with the bucket now and could not, and the other way round."""
    old, new = _open(was, before.bucket), _open(now, after.bucket)
    if more := sorted(new - old):
        yield f"the bucket policy opened: {'; '.join(more)}"
    if less := sorted(old - new):
        yield f"the bucket policy closed; no longer: {'; '.join(less)}"
    if not more and not less:
        yield "the bucket policy is another text; what it opens to strangers is the same"


def _open(policy: object, bucket: Bucket | Absent | Missing) -> set[str]:
    """2."""
    if not isinstance(policy, str) or not isinstance(bucket, Bucket):
        return set()
    if read(policy, PolicyKind.RESOURCE).policy is None:
        return set()  # S3 would not have taken it
    keys = (key for key, _ in bucket.objects)
    documents = {f"everyone may read {key}" for key in keys if opens(policy, bucket, key)}
    return documents | set(opened_beyond(policy, bucket))
