"""Bucket policies as far as strangers are concerned: what S3 calls public, and what is opened to them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

import ipaddress
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keystone_check.iam.elements import matches
from keystone_check.iam.evaluate import Allowed, Undecided, decide
from keystone_check.iam.language import Condition, Effect, Policy, PolicyKind, Principals, Statement
from keystone_check.iam.policy import read
from keystone_check.iam.request import Anonymous, Request
from keystone_check.iam.s3_address import partition_of
from keystone_check.model.aws import Bucket

SID = "PublicIssuerDocuments"
_DISCOVERY = ".well-known/openid-configuration"
_KEY_SETS = ("openid/v1/jwks", "jwks", "jwks.json", "keys.json", ".well-known/jwks", ".well-known/jwks.json")
"""Where issuers on S3 keep their key sets, below their own path."""
GET_OBJECT = "s3:GetObject"
_FIXING_KEYS = frozenset(
    f"aws:{name}"
    for name in (
        *("sourceip", "sourcearn", "sourcevpc", "sourcevpce", "sourceowner", "sourceaccount", "userid"),
        # "An AWS principal, user, role, or service principal (e.g. aws:PrincipalOrgID)"
        *("principalorgid", "principalarn", "principalaccount", "principalservicename"),
    )
) | {"s3:dataaccesspointarn", "s3:dataaccesspointaccount"}
_FIXING_OPERATORS = frozenset(
    ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress")
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A statement that lets strangers do more than read the documents."""

    statement: Statement
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def __str__(self) -> str:
        actions = ("everything but " if self.statement.not_actions else "") + ", ".join(self.actions)
        resources = ("everything but " if self.statement.not_resources else "") + ", ".join(self.resources)
        return f"{self.statement.name} lets everyone {actions} on {resources}"


def is_public(policy: str) -> bool | Undecided:
    """Whether S3 counts the policy as public: some statement grants to more than fixed values."""
    reading = read(policy, PolicyKind.RESOURCE)
    if reading.policy is None:
        return Undecided((f"the bucket policy cannot be read: {reading.because}",))
    return any(map(_public, reading.policy.statements))


def opens(policy: str, bucket: Bucket, key: str) -> bool:
    """Whether the policy certainly lets every stranger read the object over https."""
    reading = read(policy, PolicyKind.RESOURCE)
    return reading.policy is not None and _readable(reading.policy, _of_bucket(bucket, (key,)))


def opened_beyond(policy: str, bucket: Bucket, shared: Sequence[str] = ()) -> tuple[str, ...]:
    """What strangers can do beyond reading the bucket's documents, a sentence for each statement.

    `shared` are ARNs of more documents that may be open, such as `of_other_issuers` finds.
    A policy that cannot be read counts as one that opens more: nobody can say that it does not.
    """
    reading = read(policy, PolicyKind.RESOURCE)
    if reading.policy is None:
        return (f"the policy cannot be read ({reading.because})",)
    allowed = _of_bucket(bucket, tuple(key for key, _ in bucket.objects))
    return tuple(str(opening) for opening in openings(reading.policy, (*allowed, *shared)))


def of_other_issuers(policy: str, bucket: Bucket) -> tuple[str, ...]:
    """ARNs of what the policy opens in a bucket that is shared, and that has another issuer's names.

    Only the names say so: nobody has looked whether they are an issuer's documents.
    """
    reading = read(policy, PolicyKind.RESOURCE)
    own = _of_bucket(bucket, tuple(key for key, _ in bucket.objects))
    found = _of_other_issuers(reading.policy) if reading.policy else ()
    return tuple(arn for arn in found if arn not in own)


def openings(policy: Policy, allowed: tuple[str, ...]) -> tuple[Opening, ...]:
    """The statements with which strangers can do more than s3:GetObject on exactly these objects."""
    found = (_opening(statement, policy, allowed) for statement in policy.statements if _public(statement))
    return tuple(opening for opening in found if opening)


def documents(partition: str, bucket: str, keys: Sequence[str]) -> tuple[str, ...]:
    """The ARNs of a bucket's objects."""
    return tuple(f"arn:{partition}:s3:::{bucket}/{key}" for key in keys)


def document_policy(existing: str | None, partition: str, bucket: str, keys: Sequence[str]) -> str:
    """A bucket policy that lets everyone read exactly these keys.

    Statements that open nothing to strangers stay as they are. Those that do, and those that deny
    strangers the keys, give way to one statement, which opens as well what they opened of other issuers'
    documents. A policy that already does so is returned as it is.
    """
    wanted = documents(partition, bucket, keys)
    reading = read(existing, PolicyKind.RESOURCE) if existing else None
    if existing is None or reading is None or reading.policy is None:
        return _written({"Version": "2012-10-17", "Statement": [_statement(wanted, SID)]})
    wanted = tuple(dict.fromkeys((*wanted, *_of_other_issuers(reading.policy))))
    if not openings(reading.policy, wanted) and _readable(reading.policy, wanted):
        return existing
    document = json.loads(existing)
    bodies = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    pairs = list(zip(reading.policy.statements, bodies, strict=True))
    kept = [(number, pair) for number, pair in enumerate(pairs) if not _gives_way(pair[0], wanted)]
    sids = {statement.sid for _, (statement, _) in kept}
    place = next((spot for spot, (number, _) in enumerate(kept) if number != spot), len(kept))
    statements = [body for _, (_, body) in kept]
    statements.insert(place, _statement(wanted, _free(sids)))
    return _written({**document, "Statement": statements})


def anonymous_request(action: str, resource: str, secure: bool, region: str = "") -> Request:
    """A stranger's request: what S3 knows of it, and what nobody here knows."""
    context = {
        "aws:SecureTransport": str(secure).lower(),
        "aws:PrincipalType": "Anonymous",
        "aws:userid": "anonymous",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        **({"aws:RequestedRegion": region} if region else {}),
    }
    return Request(action, resource, Anonymous(), context, _UNKNOWN_OF_A_STRANGER)


_UNKNOWN_OF_A_STRANGER = (
    *("aws:sourceip", "aws:vpcsourceip", "aws:useragent", "aws:referer", "aws:currenttime", "aws:epochtime"),
    *("aws:requestedregion", "aws:resource*", "s3:resourceaccount", "s3:authtype", "s3:tlsversion"),
    *("s3:existingobjecttag/*", "s3:prefix", "s3:delimiter", "s3:max-keys", "s3:signature*"),
)


def _of_other_issuers(policy: Policy) -> tuple[str, ...]:
    """Documents that strangers may read because their names are those of an issuer in the same bucket.

    A discovery document says by its name whose it is; a key set belongs to one when it lies below the same
    path. A name with a wildcard in it is more than a document.
    """
    opened = [
        resource
        for statement in policy.statements
        if _public(statement) and not statement.not_actions and not statement.not_resources
        for action, resource in _pairs(statement)
        if action.lower() == GET_OBJECT.lower() and not set("*?$") & set(resource.partition(":::")[2])
    ]
    issuers = [it.removesuffix(_DISCOVERY) for it in opened if it.endswith(f"/{_DISCOVERY}")]
    return tuple(
        it
        for it in opened
        if it.endswith(f"/{_DISCOVERY}")
        or any(it.startswith(home) and it.removeprefix(home).lower() in _KEY_SETS for home in issuers)
    )


def _of_bucket(bucket: Bucket, keys: tuple[str, ...]) -> tuple[str, ...]:
    return documents(partition_of(bucket.region), bucket.name, keys)


def readable(policy: Policy, bucket: Bucket, keys: tuple[str, ...]) -> bool:
    """Whether every stranger can certainly read these objects over https."""
    return _readable(policy, _of_bucket(bucket, keys))


def would_give_way(statement: Statement, bucket: Bucket, keys: tuple[str, ...]) -> bool:
    """Whether a policy that opens these objects has to do without the statement."""
    return _gives_way(statement, _of_bucket(bucket, keys))


def _readable(policy: Policy, wanted: tuple[str, ...]) -> bool:
    requests = (anonymous_request(GET_OBJECT, resource, secure=True) for resource in wanted)
    return all(isinstance(decide((policy,), request), Allowed) for request in requests)


def _gives_way(statement: Statement, wanted: tuple[str, ...]) -> bool:
    if statement.effect is Effect.ALLOW:
        return _public(statement)
    requests = (anonymous_request(GET_OBJECT, resource, secure=True) for resource in wanted)
    return any(matches(statement, request) is True for request in requests)


def _public(statement: Statement) -> bool:
    if statement.effect is Effect.DENY or statement.principals is None:
        return False
    named = statement.not_principals or _names_strangers(statement.principals)
    return named and not any(_fixes(condition, statement.variables) for condition in statement.conditions)


def _names_strangers(principals: Principals) -> bool:
    every = (*principals.aws, *principals.federated, *principals.service, *principals.canonical)
    return any("*" in name for name in every)


def _fixes(condition: Condition, variables: bool) -> bool:
    """Whether the condition limits the statement to fixed values."""
    operator = condition.operator
    if condition.key.lower() not in _FIXING_KEYS or operator.name not in _FIXING_OPERATORS:
        return False
    if operator.if_exists or operator.quantifier == "ForAllValues":
        return False
    return bool(condition.values) and all(_fixed(condition.key.lower(), value) for value in condition.values)


def _fixed(key: str, value: str) -> bool:
    if key == "aws:sourceip":
        return _narrow(value)
    if key == "s3:dataaccesspointarn":
        account = value.split(":")[4:5]
        return bool(account and account[0].isdecimal())
    return not any(sign in value for sign in ("*", "?", "${"))


def _narrow(cidr: str) -> bool:
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


def _opening(statement: Statement, policy: Policy, allowed: tuple[str, ...]) -> Opening | None:
    if statement.not_actions or statement.not_resources:
        return Opening(statement, statement.actions, statement.resources)
    more = [pair for pair in _pairs(statement) if _is_more(pair, allowed) and not _is_denied(pair, policy)]
    if not more:
        return None
    return Opening(
        statement,
        tuple(dict.fromkeys(action for action, _ in more)),
        tuple(dict.fromkeys(resource for _, resource in more)),
    )


def _pairs(statement: Statement) -> Iterator[tuple[str, str]]:
    return ((action, resource) for action in statement.actions for resource in statement.resources)


def _is_more(pair: tuple[str, str], allowed: tuple[str, ...]) -> bool:
    action, resource = pair
    return action.lower() != GET_OBJECT.lower() or resource not in allowed


def _is_denied(pair: tuple[str, str], policy: Policy) -> bool:
    """Whether a Deny covers a pattern: it does when it matches the pattern as if that were a name."""
    request = anonymous_request(*pair, secure=True)
    return any(
        statement.effect is Effect.DENY
        and not statement.conditions
        and not statement.not_actions
        and not statement.not_resources
        and not any("?" in name for name in (*statement.actions, *statement.resources))
        and matches(statement, request) is True
        for statement in policy.statements
    )


def _statement(resources: tuple[str, ...], sid: str) -> dict[str, object]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": GET_OBJECT,
        "Resource": list(resources),
    }


def _free(taken: set[str]) -> str:
    numbered = (f"{SID}{number}" for number in range(2, len(taken) + 3))
    return SID if SID not in taken else next(name for name in numbered if name not in taken)


def _written(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
