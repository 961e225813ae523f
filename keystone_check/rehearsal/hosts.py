"""What is typed where: K3s's own procedure, NixOS's options, S3 and IAM.

K3s: https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
"""

from keystone_check.checks import starting
from keystone_check.iam.s3_address import locate, object_key
from keystone_check.model.aws import Provider
from keystone_check.model.servers import ISSUER
from keystone_check.model.web import Response
from keystone_check.model.world import World

STAGING = "/opt/k3s/server"
"""Where K3s's page stages keys: what is in use must never be overwritten."""
LIVE = "/var/lib/rancher/k3s/server/tls/service.key"
SERVERS_PAUSE = (
    "each API server while it restarts: with one server nothing can be changed in the cluster for some "
    "seconds, pods run on"
)
NO_PODS = (
    "the K3s servers, one after the other; no agent and no pod: the kubelet fetches new tokens by itself"
)
OLD_CLIENTS = (
    "the K3s servers, one after the other; and pods that read their API token once, when they started, "
    "which may hold one for a year"
)
KEY_NOTES = (
    "k3s certificate rotate renews certificates and leaves service.key, which signs tokens, alone",
    "a private key belongs in no Nix store: it has no option, K3s keeps it in its datastore",
    "sessions that STS has handed out live on, whatever becomes of the tokens",
    "tokens of Secrets (kubernetes.io/service-account-token) have no end: the API server refuses those of "
    "the old key once that is forgotten",
)
_ROTATE = f"k3s certificate rotate-ca --path={STAGING}"
_RESTART = "systemctl restart k3s, on one server after the other"


def publish_key(world: World) -> tuple[str, ...]:
    """Make the key where it is staged, and publish its public half."""
    key = f"{STAGING}/tls/service.key"
    return (
        f"mkdir -p {STAGING}/tls",
        f"openssl genrsa -traditional -out {key} 2048   # OpenSSL 1 knows no -traditional",
        f"kid: openssl rsa -in {key} -pubout -outform DER | openssl dgst -sha256 -binary "
        "| basenc --base64url | tr -d =",
        f"n: openssl rsa -in {key} -noout -modulus | cut -d= -f2 | basenc --base16 -d "
        "| basenc --base64url -w0 | tr -d =",
        'add {"use":"sig","kty":"RSA","alg":"RS256","kid":…,"n":…,"e":"AQAB"} to the published keys, '
        "keep the others:",
        *_put(world),
    )


def sign_with_key() -> tuple[str, ...]:
    """New key first, old key behind it."""
    return (
        f"cat {LIVE} >> {STAGING}/tls/service.key   # the old key stays, behind the new one",
        _ROTATE,
        _RESTART,
        "kubeadm: --service-account-signing-key-file=NEW, --service-account-key-file=NEW and =OLD",
    )


def forget_key() -> tuple[str, ...]:
    """The new key alone."""
    return (
        f"stage {STAGING}/tls/service.key with the new key alone",
        _ROTATE,
        _RESTART,
        "kubeadm: drop --service-account-key-file=OLD",
    )


def unpublish_key(world: World, kid: str) -> tuple[str, ...]:
    """All keys but one."""
    return (f"take the key {kid} out of the published keys, keep the others:", *_put(world))


def sign_for(first: str, *others: str) -> tuple[str, ...]:
    """How API servers are started to sign for the first issuer and accept the others."""
    return (
        *starting.issuers("", first, *others).steps[:4],
        f"never {ISSUER}+=: K3s keeps its default first then, and goes on signing for it; "
        f"{ISSUER}-= puts a value first",
        _RESTART,
    )


ISSUER_NOTES = (
    "running pods keep their token of the old issuer until the kubelet fetches the next one, at 80 % of "
    "its life or after a day",
    "the option is keystone.cluster.oidc.issuerUrl where keystone sets up K3s, else services.k3s.extraFlags",
    "never delete the old bucket at once: its name is free then, and who takes it holds the old issuer",
    "sessions that STS has handed out live on, whatever becomes of the tokens",
)


def unlooked(issuer: str) -> str:
    """What is assumed where the other issuer was not looked at."""
    return (
        f"{issuer} was not looked at: that nothing is published there yet, and that its host will serve "
        "certificates as good as those of today, is assumed"
    )


def publish_issuer(issuer: str) -> tuple[str, ...]:
    """Where the two documents go."""
    where = issuer.removesuffix("/")
    place = locate(issuer)
    made = f"aws s3api create-bucket --bucket {place.bucket}, where there is none yet; then" if place else ""
    opened = f"{made} a public access block that lets a public policy through, and that policy"
    return (
        *((opened,) if place else ()),
        f"{where}/.well-known/openid-configuration: issuer {issuer}, jwks_uri {where}/openid/v1/jwks",
        f"{where}/openid/v1/jwks: the keys that are published today",
        "keystone-check --only publication, once the cluster is configured for the new issuer, judges both",
    )


def register(issuer: str, old: Provider | None) -> tuple[str, ...]:
    """The provider, with the client ids of the old one."""
    ids = " ".join(old.client_ids) if old else "sts.amazonaws.com"
    prints = f" --thumbprint-list {' '.join(old.thumbprints)}" if old and old.thumbprints else ""
    create = f"aws iam create-open-id-connect-provider --url {issuer} --client-id-list {ids}{prints}"
    return (create,)


def trust_both(arn: str, issuer: str) -> tuple[str, ...]:
    """A second statement, like the first."""
    keys = issuer.removeprefix("https://")
    return (
        "add to each trust policy a second statement, like the first but for",
        f'  "Federated": "{arn}" and the condition keys {keys}:sub and {keys}:aud',
        "a trust policy has 2048 characters unless the quota was raised",
    )


def deregister(arn: str, issuer: str) -> tuple[str, ...]:
    """The provider first: without it the old issuer's documents open nothing."""
    return (
        f"aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}",
        f"then delete the two documents of {issuer}; keep the bucket itself, empty",
    )


def _put(world: World) -> tuple[str, ...]:
    url = world.key_set.url if isinstance(world.key_set, Response) else ""
    place = locate(url) if url else None
    if place is None:
        return (f"serve it at {url or 'the jwks_uri'} as application/json, and empty the caches in front",)
    return (
        f"aws s3api put-object --bucket {place.bucket} --key {object_key(place, url)} --body jwks.json "
        "--content-type application/json",
    )
