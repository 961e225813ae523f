"""A stage of a rehearsal: the facts as they would be, with the documents of a second issuer beside them."""

from dataclasses import dataclass, replace

from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import discovery_url
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import ServerArguments
from keystone_check.model.web import Response
from keystone_check.model.world import World


@dataclass(frozen=True, slots=True)
class Documents:
    """What STS gets for one issuer."""

    issuer: str
    discovery: Response | Missing
    key_set: Response | Missing


@dataclass(frozen=True, slots=True)
class Stage:
    """The facts after some steps."""

    world: World
    other: Documents | None = None
    """Of the issuer that is not the World's: a World holds the documents of one."""

    def documents(self, issuer: str) -> Documents:
        """What STS gets for a token of this issuer."""
        if self.other and issuer == self.other.issuer:
            return self.other
        return Documents(issuer, self.world.discovery, self.world.key_set)

    @property
    def tokens(self) -> Subjects[Token]:
        """Those that are minted now."""
        return self.world.tokens if isinstance(self.world.tokens, Subjects) else Subjects()

    @property
    def token(self) -> Token | None:
        """One of them: they differ in whose they are and in nothing else that matters here."""
        return next((token for _, token in self.tokens.seen()), None)

    def takes(self, token: Token) -> bool | Missing:
        """Whether the API server itself would take such a token: it knows the key, and accepts the issuer."""
        if isinstance(self.world.cluster_keys, Missing):
            return self.world.cluster_keys
        known = {key.kid for key in keys_of(self.world.cluster_keys)}
        issuers = accepted_issuers(self.world)
        return token.kid in known and (not issuers or token.issuer in issuers)


def keys_of(answer: Response | Missing) -> tuple[Jwk, ...]:
    """The keys of a key set; none where it cannot be read."""
    body = answer.body if isinstance(answer, Response) and answer.status == 200 else None
    read = read_key_set(body) if isinstance(body, str) else None
    return read.keys if isinstance(read, KeySet) else ()


def accepted_issuers(world: World) -> tuple[str, ...]:
    """The issuers that every API server accepts, the one that signs first; empty where none tells."""
    found = [arguments.issuers for arguments in started(world)]
    return tuple(url for url in found[0] if all(url in each for each in found)) if found else ()


def started(world: World) -> tuple[ServerArguments, ...]:
    """How the API servers were started, as far as that was seen."""
    known = world.server_arguments
    return tuple(it for _, it in known.seen()) if isinstance(known, Subjects) else ()


def answered(response: Response, body: str) -> Response:
    """The same answer with another body."""
    return replace(response, status=200, body=body, size=len(body.encode()))


def unpublished(issuer: str) -> Documents:
    """What STS gets where nothing was published yet, as S3 says it to strangers."""
    refused = Response(discovery_url(issuer), 403, (), "", 0)
    return Documents(issuer, refused, Missing("key_set", "the discovery document was answered with 403"))
