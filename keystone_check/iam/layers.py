"""The policies of a request by the layer in which AWS weighs them, and what each layer says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from keystone_check.iam.evaluate import Allowed, Decision, Denied, Undecided
from keystone_check.iam.language import Policy, PolicyKind, Statement
from keystone_check.iam.policy import Reading
from keystone_check.iam.request import Request
from keystone_check.iam.verdicts import Unknown
from keystone_check.model.facts import Missing

Given = Policy | Reading | Missing
"""A policy, one that AWS would refuse, or one that nobody could read."""
Found = Statement | Unknown | None
"""The statement that matches; or why one may; or none does."""


class Layer(Enum):
    """What can decide a request."""

    IDENTITY = "identity policies"
    BOUNDARY = "permissions boundary"
    SESSION = "session policies"
    RESOURCE = "resource policy"
    TRUST = "trust policy"
    SCP = "service control policies"
    RCP = "resource control policies"
    RULE = "AWS's own rule"
    """No policy decides: what the root user may, and what needs no permission."""


class Naming(Enum):
    """How a resource policy names the caller, strongest first; what else has to allow depends on it."""

    CALLER = "the caller itself"
    """By the ARN of the user or session, or as everyone."""
    ENTITY = "the role or user behind the session"
    ACCOUNT = "the caller's account"


@dataclass(frozen=True, slots=True)
class Layers:
    """Every policy that applies to a request. An empty tuple says that there is none of that layer; what
    nobody could read stands in its place as a `Missing`."""

    identity: tuple[Given, ...] = ()
    """Inline and managed policies of the user and of its groups, or of the role behind the session."""
    boundary: tuple[Given, ...] = ()
    session: tuple[Given, ...] = ()
    """The inline and the managed session policies of one session."""
    resource: tuple[Given, ...] = ()
    """The resource's own policy; for sts:AssumeRole… the role's trust policy."""
    scps: tuple[tuple[Given, ...], ...] = ()
    """Those over the caller's account, level by level: root, each unit, the account. No level: the account
    is in no organization, or is its management account."""
    rcps: tuple[tuple[Given, ...], ...] = ()
    """Those over the resource's account, in the same way; no level where the service knows no RCPs."""
    same_account: bool = True
    """Whether the caller's account owns the resource; an ARN does not always tell."""
    entity: str = ""
    """The ARN of the user or role behind a session, where the session's own does not tell it: the role
    with its path, or the user that called sts:GetFederationToken."""

    def __post_init__(self) -> None:
        for name, kinds, given in self._places():
            wrong = [item for item in given if isinstance(item, Policy) and item.kind not in kinds]
            if wrong:
                raise ValueError(f"Layers.{name} holds no {wrong[0].kind.value}")

    def _places(self) -> Iterator[tuple[str, tuple[PolicyKind, ...], tuple[Given, ...]]]:
        # A boundary and up to ten session policies are managed policies, read as identity policies.
        yield "identity", (PolicyKind.IDENTITY,), self.identity
        yield "boundary", (PolicyKind.BOUNDARY, PolicyKind.IDENTITY), self.boundary
        yield "session", (PolicyKind.SESSION, PolicyKind.IDENTITY), self.session
        yield "resource", (PolicyKind.RESOURCE, PolicyKind.TRUST), self.resource
        for level in self.scps:
            yield "scps", (PolicyKind.SCP,), level
        for level in self.rcps:
            yield "rcps", (PolicyKind.RCP,), level


@dataclass(frozen=True, slots=True)
class Heard:
    """What one layer says by itself: `denial` and `grant` are the statements that match."""

    layer: Layer
    denial: Found
    grant: Found
    level: int = 0
    """Of the organization: 1 is the root; 0 for the layers that have no levels."""
    unread: tuple[Missing | str, ...] = ()
    namings: Mapping[Naming, Found] = field(default_factory=dict)
    """For a resource or trust policy: what allows, by how it names the caller."""
    _policies: tuple[Policy, ...] = field(default=(), repr=False, compare=False)
    _request: Request | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The layer as a reader finds it."""
        return f"{self.layer.value} of level {self.level}" if self.level else self.layer.value

    @property
    def decision(self) -> Decision:
        """The layer's decision as if there were no other; a denial by silence knows the nearest misses."""
        if isinstance(self.denial, Statement):
            return Denied(self.denial, self._policies, self._request)
        if self.grant is None:
            return Denied(None, self._policies, self._request)
        open_ends = reasons(self.unread, self.denial, self.grant)
        if open_ends or not isinstance(self.grant, Statement):
            return Undecided(open_ends)
        return Allowed(self.grant)


def reasons(unread: tuple[Missing | str, ...], *found: Found) -> tuple[Missing | str, ...]:
    """Why it is open, each reason once; what could not be read stands for what it leaves unknown."""
    unknown = tuple(item.because for item in found if isinstance(item, Unknown))
    return tuple(dict.fromkeys(unread or unknown))


class Answer(Enum):
    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a request, and what every layer that AWS asks says."""

    answer: Answer
    layer: Layer
    """The layer that decided; for an open answer the first that is open."""
    because: str
    statement: Statement | None = None
    """The statement that denies or grants; None for a denial by silence and for what needs no grant."""
    open: tuple[Missing | str, ...] = ()
    """What would have to be known."""
    heard: tuple[Heard, ...] = ()

    def of(self, layer: Layer) -> tuple[Heard, ...]:
        """What the layer said, level by level; nothing where it was not asked."""
        return tuple(heard for heard in self.heard if heard.layer is layer)
