"""The API server signs for an issuer that AWS cannot use."""

from dataclasses import replace

from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.fault import KEY_SET_CHECKS, fault
from keystone_check.sandbox.worlds import K3S_DEFAULT, reissued


@fault(
    breaks=(
        "issuer_is_accepted_by_aws",
        "provider_exists",
        "trust_names_the_provider",
        "trust_pins_the_subject",
        "trust_pins_the_audience",
        "sts_accepts_the_token",
    ),
    blocks=(
        *KEY_SET_CHECKS,
        "discovery_document_is_public",
        "published_issuer_is_the_tokens",
        "jwks_uri_is_public_https",
        "thumbprint_matches_where_used",
    ),
)
def issuer_is_k3s_default(world: World) -> World:
    """K3s signs for its default issuer, a name that only the cluster itself resolves."""
    world = reissued(world, K3S_DEFAULT)
    because = f"no stranger can, {public_url_problem(K3S_DEFAULT)}; it was not asked"
    url = f"{K3S_DEFAULT}/.well-known/openid-configuration"
    host = K3S_DEFAULT.removeprefix("https://")
    unasked = Missing("discovery", f"GET {url}: {because}")
    return replace(
        world,
        issuer=Issuer(K3S_DEFAULT, "discovery document of the API server"),
        discovery=unasked,
        key_set=unasked,
        chains=Subjects(((host, Missing(host, f"TLS with {host}: {because}")),)),
        bucket=Absent("bucket", "the issuer is not an S3 address"),
        providers=Subjects(),
    )
