"""rotate-certificate: the issuer's host serves new certificates, and AWS goes on believing it.

Where AWS's own roots lead to the certificates (S3, CloudFront, a public authority) no thumbprint counts.
Elsewhere:

1. PIN: the provider lists the new thumbprint beside the old one.
2. SERVE: the host serves the new certificates.
3. UNPIN: the provider no longer lists the old thumbprint.
"""

import hashlib
from dataclasses import replace

from keystone_check.checks.serving import SHOW, falls_back
from keystone_check.errors import KeystoneError
from keystone_check.iam.oidc import discovery_url
from keystone_check.iam.s3_address import split
from keystone_check.model.aws import Provider
from keystone_check.model.facts import Missing
from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.rehearsal import conditions as must
from keystone_check.rehearsal.asked import RotateCertificate
from keystone_check.rehearsal.stage import Stage
from keystone_check.rehearsal.step import Condition, Procedure, Standing, Step

MOST_THUMBPRINTS = 5
"""https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html"""
NOTES = (
    "k3s certificate rotate renews K3s's own certificates: AWS sees none of them, nothing changes here",
    "k3s certificate rotate-ca with own authorities: put service.key into the staged folder, or the key that "
    "signs tokens changes too",
)


def procedure(world: World, asked: RotateCertificate, *, resume: bool) -> Procedure:
    """The rotation, from these facts on; without steps where AWS compares no thumbprint."""
    if isinstance(world.issuer, Missing):
        raise KeystoneError(f"the cluster has no issuer whose host could serve: {world.issuer.because}")
    parts = split(discovery_url(world.issuer.url))
    host = parts.netloc if parts else ""
    chain = world.chains[host]
    if not isinstance(chain, Chain):
        raise KeystoneError(f"the certificates of {host} were not seen: {chain.because}")
    if not falls_back(chain):
        note = (
            f"AWS's own roots lead to the certificates of {host}: no thumbprint counts, renew as you like; "
        )
        served = "serve the whole chain in order, leaf first, for TLS 1.2 too"
        return Procedure(f"rotate the certificates of {host}", Stage(world), (), (f"{note}{served}", *NOTES))
    if resume and not asked.thumbprint:
        raise KeystoneError(
            "nobody can tell which thumbprint is the new one",
            "--rehearse rotate-certificate=SHA1 --resume",
        )
    new = asked.thumbprint or hashlib.sha1(_last(chain).encode(), usedforsecurity=False).hexdigest()
    return Procedure(f"rotate the certificates of {host}", Stage(world), _steps(chain, new), NOTES)


def _steps(chain: Chain, new: str) -> tuple[Step, ...]:
    host = chain.host
    name = host.partition(":")[0]
    show = SHOW.format(host=host if ":" in host else f"{host}:443", name=name)
    update = "aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn ARN"
    return (
        Step(
            "pin",
            "list the new thumbprint beside the old one",
            lambda stage: _pinned(stage, new),
            lambda stage: any(new in it.thumbprints for it in _providers(stage)),
            must.every(must.all_accepted, _room),
            lines=(f"{update} --thumbprint-list OLD NEW",),
        ),
        Step(
            "serve",
            "serve the new certificates",
            lambda stage: _serving(stage, host, new),
            lambda stage: _last_served(stage, host) == new,
            must.every(must.all_accepted),
            lines=(
                show,
                "the whole chain in order, leaf first; the last one served is the one that is pinned",
            ),
            restarts="whatever serves the host",
        ),
        Step(
            "unpin",
            "list the new thumbprint alone",
            lambda stage: _unpinned(stage, new),
            lambda stage: all(it.thumbprints == (new,) for it in _providers(stage)),
            must.every(must.all_accepted),
            lines=(f"{update} --thumbprint-list NEW",),
        ),
    )


def _last(chain: Chain) -> str:
    return chain.certificates[-1].sha1 if chain.certificates else ""


def _last_served(stage: Stage, host: str) -> str:
    chain = stage.world.chains[host]
    return _last(chain) if isinstance(chain, Chain) else ""


def _room(stage: Stage) -> Condition:
    words = f"the provider has room: fewer than {MOST_THUMBPRINTS} thumbprints"
    most = max((len(it.thumbprints) for it in _providers(stage)), default=-1)
    if most < 0:
        return Condition(words, Standing.UNSEEN, "no provider of the issuer was seen")
    return Condition(words, Standing.MET if most < MOST_THUMBPRINTS else Standing.UNMET, f"{most} listed")


def _providers(stage: Stage) -> list[Provider]:
    """Those of the issuer."""
    known, issuer = stage.world.providers, stage.world.issuer
    if isinstance(known, Missing) or isinstance(issuer, Missing):
        return []
    return [it for _, it in known.seen() if it.url == issuer.url.removeprefix("https://")]


def _with(stage: Stage, provider: Provider, thumbprints: tuple[str, ...]) -> Stage:
    known = stage.world.providers
    if isinstance(known, Missing):
        return stage
    changed = known.put(provider.arn, replace(provider, thumbprints=thumbprints))
    return replace(stage, world=replace(stage.world, providers=changed))


def _pinned(stage: Stage, new: str) -> Stage:
    for provider in _providers(stage):
        stage = _with(stage, provider, tuple(dict.fromkeys((*provider.thumbprints, new))))
    return stage


def _unpinned(stage: Stage, new: str) -> Stage:
    for provider in _providers(stage):
        stage = _with(stage, provider, (new,))
    return stage


def _serving(stage: Stage, host: str, new: str) -> Stage:
    chain = stage.world.chains[host]
    if not isinstance(chain, Chain) or not chain.certificates:
        return stage
    last = replace(chain.certificates[-1], sha1=new)
    served = replace(chain, certificates=(*chain.certificates[:-1], last))
    return replace(stage, world=replace(stage.world, chains=stage.world.chains.put(host, served)))
