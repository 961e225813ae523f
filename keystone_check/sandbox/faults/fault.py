"""What a fault is, and how a function becomes one."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keystone_check.model.world import World
from keystone_check.sandbox.injecting import pods_settled
from keystone_check.sandbox.settling import settled


def as_it_is(world: World) -> World:
    """Nothing beside the healthy world."""
    return world


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which the chain breaks, as a pure function from a world that holds to one that does not."""

    id: str
    title: str
    breaks: frozenset[str]
    """The checks that must be BROKEN, and no others."""
    blocks: frozenset[str]
    """The checks that cannot see because of it, and no others."""
    bend: Callable[[World], World]
    """From the world that it stands on, with all that follows."""
    on: Callable[[World], World] = as_it_is
    """What the healthy world gets before it breaks, such as a Karpenter."""

    def apply(self, world: World) -> World:
        """From the healthy world: what it stands on is put there first."""
        return self.bend(self.on(world))


def ground_world(found: Fault, world: World) -> World:
    """The world that a fault breaks, made of the healthy one: in it every check holds or has no subject."""
    return found.on(world)


KEY_SET_CHECKS = frozenset(
    {
        "issuer_serves_one_cluster",
        "key_set_is_public",
        "documents_answer_without_redirects",
        "documents_are_served_as_json",
        "documents_are_small",
        "documents_answer_within_five_seconds",
        "caches_cannot_outlive_a_rotation",
        "every_key_has_a_kid",
        "kid_names_one_key",
        "key_types_stay_within_a_hundred",
        "kid_is_the_keys_digest",
        "published_keys_belong_to_a_server",
        "key_set_holds_no_private_key",
        "signing_key_is_published",
        "signature_verifies_with_the_published_key",
        "every_servers_key_is_published",
    }
)
"""What nobody can judge while the discovery document does not tell where the key set is."""

DISCOVERY_CHECKS = frozenset(
    {
        "discovery_document_is_public",
        "published_issuer_is_the_tokens",
        "jwks_uri_is_public_https",
        "discovery_document_lists_its_claims",
        "discovery_document_offers_id_tokens",
        "signing_algorithm_is_listed",
    }
)
"""What nobody can judge where no stranger could ask for the discovery document at all."""

CHAIN_CHECKS = frozenset(
    {
        "thumbprint_matches_where_used",
        "certificates_are_the_hosts_own",
        "chain_is_in_order",
        "chain_holds_each_certificate_once",
        "chain_holds_no_strangers",
        "certificate_names_the_host",
        "certificate_has_days_left",
        "tls_1_2_is_accepted",
        "leaf_is_not_pinned",
        "thumbprints_cover_both_hosts",
    }
)
"""What nobody can judge about a host whose certificates were not seen."""


def fault(
    *, breaks: Iterable[str], blocks: Iterable[str] = (), on: Callable[[World], World] = as_it_is
) -> Callable[[Callable[[World], World]], Fault]:
    """Make a fault of a function: its name is the id, its docstring the title.

    What a new pod gets follows from the accounts' annotations, and is settled here.
    """

    def made(apply: Callable[[World], World]) -> Fault:
        def followed(ground: World) -> World:
            return settled(pods_settled(ground, apply(ground)))

        name, title = apply.__name__.replace("_", "-"), (inspect.getdoc(apply) or "").rstrip(".")
        return Fault(name, title, frozenset(breaks), frozenset(blocks), followed, on)

    return made
