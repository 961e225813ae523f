"""One request that an operator will make, and what happens when it is refused."""

from dataclasses import dataclass

from keystone_check.iam.request import Request


@dataclass(frozen=True, slots=True)
class Need:
    """A request, and why it is made.

    Two needs with the same request are one: whoever collects them keeps the first.
    """

    request: Request
    feature: str
    """What of the configuration asks for it, `always` where nothing can turn it off."""
    why: str
    """For what: the kind that an ACK controller reconciles, the node class that Karpenter launches for."""
    effect: str
    """What is seen where the request is refused; empty where no source says."""
    since: str = ""
    """The first version that makes it; empty where no source says."""
    hard: bool = True
    """False: the operator goes on without, with less."""

    @property
    def action(self) -> str:
        return self.request.action

    @property
    def resource(self) -> str:
        return self.request.resource
