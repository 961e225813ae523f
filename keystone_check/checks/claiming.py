"""What the checks of tokens share: who else may write claims than the API server itself."""

from keystone_check.model.finding import Repair, Safety


def claims(title: str, *more: str) -> Repair:
    """Change what writes the tokens' claims; by hand, for nobody but its owner knows what that is."""
    return Repair(
        title,
        Safety.MANUAL,
        "claims are written by the API server and what it calls",
        steps=(
            "look for an external signer on every server: --service-account-signing-endpoint",
            "and for webhooks that change TokenRequests: kubectl get mutatingwebhookconfigurations",
            *more,
        ),
    )
