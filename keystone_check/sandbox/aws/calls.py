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
    "tagging": "BucketTagging",
}
"""Query string to the noun of the permission (not always the operation's own name)."""
_DELETED_BY_PUT = frozenset({"publicAccessBlock", "ownershipControls", "encryption"})
"""What whoever may set it may also delete:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""

_WRITING = ("Add", "Attach", "Create", "Delete", "Detach", "Put", "Remove", "Tag", "Untag", "Update")


@dataclass(frozen=True, slots=True)
class Call:
    """A request to AWS, named as IAM names the permission for it."""

    service: str
    action: str
    access_key_id: str
    """Empty for an unsigned request."""
    form: dict[str, str]
    path: str = ""
    """Of S3: bucket and key."""
    body: str = ""
    """Of the JSON protocol."""

    @property
    def permission(self) -> str:
        """`iam:GetRole`."""
        return f"{'s3' if self.service == 's3control' else self.service}:{self.action}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything; a dry run does not."""
        return self.action.startswith(_WRITING) and self.form.get("DryRun", "").lower() != "true"

    def resource(self, account: str, partition: str = "aws") -> str:
        """The ARN that a policy names to allow the call."""
        if self.action == "ListAllMyBuckets":
            return "*"
        if self.service == "s3":
            return f"arn:{partition}:s3:::{self.path}"
        if "RoleName" in self.form:
            return f"arn:{partition}:iam::{account}:role/{self.form['RoleName']}"
        return self.form.get("OpenIDConnectProviderArn", "*")


def read_call(request: Request) -> Call:
    """The call that a request makes. The Query protocol names its action; S3's follows from verb and path."""
    signed = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    key, service = (signed["key"], signed["service"]) if signed else ("", "")
    form = _form(request)
    if target := request.headers.get("X-Amz-Target"):
        return Call(service, target.rpartition(".")[2], key, {}, body=request.get_data(as_text=True))
    if "Action" in form:
        return Call(service or "sts", form["Action"], key, form)
    if target := request.headers.get("X-Amz-Target"):  # the JSON protocol names its action there
        return Call(service, target.rpartition(".")[2], key, {})
    if request.path.startswith("/v20180820/configuration/publicAccessBlock"):
        return Call("s3control", f"{_verb(request)}AccountPublicAccessBlock", key, {})
    return Call(service or "s3", _s3_action(request), key, {}, request.path.strip("/"))


def _form(request: Request) -> dict[str, str]:
    """The parameters of the Query protocol, which a GET has in its address. What is not UTF-8 is replaced."""
    body = request.get_data(cache=True)
    if request.content_type and request.content_type.startswith("application/x-www-form-urlencoded"):
        sent = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in sent.items()}
    return dict(request.args.items()) if request.method == "GET" and request.path == "/" else {}


def _s3_action(request: Request) -> str:
    bucket, _, key = request.path.lstrip("/").partition("/")
    if key:
        return f"{_verb(request)}ObjectAcl" if "acl" in request.args else f"{_verb(request)}Object"
    for subresource, noun in _S3_SUBRESOURCES.items():
        if subresource in request.args:
            deletes = request.method == "DELETE" and subresource in _DELETED_BY_PUT
            return f"{'Put' if deletes else _verb(request)}{noun}"
    if not bucket:
        return "ListAllMyBuckets"
    return {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket"}.get(
        request.method, "DeleteBucket"
    )


def _verb(request: Request) -> str:
    return {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}.get(request.method, request.method)
