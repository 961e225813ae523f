"""One kind of request: what it asks for, and the right that it takes."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class KubeAsk:
    """One kind of request to the API server, as RBAC names it."""

    verb: str
    resource: str
    """`serviceaccounts/token`; or, starting with a slash, a URL that is no resource."""
    group: str = ""
    why: str = field(default="", compare=False)
    given_by: str = field(default="", compare=False)
    """The default cluster role that gives it to everyone who is signed in."""

    @property
    def permission(self) -> str:
        """As people say it: `create serviceaccounts/token`."""
        return f"{self.verb} {self.resource}{f'.{self.group}' if self.group else ''}"


@dataclass(frozen=True, slots=True, order=True)
class AwsAsk:
    """One kind of request to AWS."""

    service: str
    """As boto3 names the client."""
    operation: str
    action: str
    """The IAM action that allows it, which for S3 is not the operation's name; empty when none is needed."""
    why: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The operation as AWS writes it: `iam:GetRole`."""
        return f"{self.service}:{self.operation}"
