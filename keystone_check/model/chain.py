"""The links of the trust chain, in the order in which a pod's call depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its id is the folder of its checks."""

    id: str
    title: str
    last: tuple[str, ...] = ()
    """Checks that come after the others, in this order: a cause is found before what it comes to, and what
    breaks something before what breaks nothing yet."""
    optional: bool = False
    """Whether the chain is whole where a cluster has nothing of this kind."""

    def place(self, check: str) -> tuple[int, str]:
        """Sorts the link's checks: by name, and those of `last` after them."""
        return (1 + self.last.index(check) if check in self.last else 0, check)


LINKS = (
    Link("cluster", "the API server signs tokens for an issuer that AWS accepts"),
    Link("token", "tokens say what they should"),
    Link(
        "bucket",
        "the bucket lets a stranger read the two documents",
        last=(
            "policy_opens_exactly_the_documents",
            "public_policy_reaches_the_objects",
            "acls_are_disabled",
        ),
    ),
    Link("tls", "the hosts serve certificates that AWS accepts"),
    Link("publication", "discovery document and key set are public and true"),
    Link("provider", "an IAM OIDC provider names the issuer"),
    Link("binding", "service accounts name their roles"),
    Link("role", "the role's trust policy names provider, subject and audience"),
    Link(
        "injection",
        "pods get the token and the role",
        last=("pods_are_injected", "running_pods_were_injected"),
    ),
    Link("exchange", "STS accepts the token"),
    Link(
        "karpenter",
        "Karpenter may do what it is set to do",
        last=(
            "simulator_agrees_about_karpenter",
            "dry_runs_agree_about_karpenter",
            "no_denial_is_reported_by_karpenter",
            "karpenters_objects_report_no_failure",
            "karpenter_is_up",
        ),
        optional=True,
    ),
    Link(
        "ack",
        "ACK controllers may do what they reconcile",
        last=(
            "simulator_agrees_about_ack",
            "no_denial_is_reported_by_ack",
            "no_ack_resource_is_stuck",
            "ack_controllers_are_up",
        ),
        optional=True,
    ),
    Link("declared", "what is declared is what runs", optional=True),
    Link("posture", "nobody else gets in"),
)
"""A bucket that is shut is the cause of documents that are not public, so it comes first; and in the bucket
its public access block, for S3 takes no public policy before it is lifted."""
OPTIONAL = frozenset(link.id for link in LINKS if link.optional)
