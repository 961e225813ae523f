"""Which AWS action a request is, and who signed it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from werkzeug.wrappers import Request

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

_S3_SUBRESOURCES = {
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "ownershipControls": "BucketOwnershipControls",
    "location": "BucketLocation",
    "encryption": "EncryptionConfiguration",
    "acl": "BucketAcl",
}
"""Query string to the noun of the permission (not always the operation's own name)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to AWS, named as IAM names the permission for it."""

    service: str
    action: str
    access_key_id: str
    """Empty for an unsigned request."""
    form: dict[str, str]

    @property
    def permission(self) -> str:
        """`iam:GetRole`."""
        return f"{'s3' if self.service == 's3control' else self.service}:{self.action}"


def read_call(request: Request) -> Call:
    """The call that a request makes. The Query protocol names its action; S3's follows from verb and path."""
    signed = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    key, service = (signed["key"], signed["service"]) if signed else ("", "")
    body = request.get_data(cache=True)
    if request.content_type and request.content_type.startswith("application/x-www-form-urlencoded"):
        form = {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        if "Action" in form:
            return Call(service or "sts", form["Action"], key, form)
    if request.path.startswith("/v20180820/configuration/publicAccessBlock"):
        return Call("s3control", f"{_verb(request)}AccountPublicAccessBlock", key, {})
    return Call(service or "s3", _s3_action(request), key, {})


def _s3_action(request: Request) -> str:
    bucket, _, key = request.path.lstrip("/").partition("/")
    if key:
        return f"{_verb(request)}ObjectAcl" if "acl" in request.args else f"{_verb(request)}Object"
    for subresource, noun in _S3_SUBRESOURCES.items():
        if subresource in request.args:
            return f"{_verb(request)}{noun}"
    if not bucket:
        return "ListAllMyBuckets"
    return {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket"}.get(
        request.method, "DeleteBucket"
    )


def _verb(request: Request) -> str:
    return {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}.get(request.method, request.method)
