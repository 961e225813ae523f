"""The pod identity webhook is not there, is not asked, cannot be called, or gives something else."""

from dataclasses import replace
from typing import Any

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.injection import Backend, Requirement, Template, Webhook
from keystone_check.model.world import World
from keystone_check.sandbox import authorities
from keystone_check.sandbox.faults.editing import VICTIM, account_of
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.injecting import identity_of, injected, shape
from keystone_check.sandbox.kube.state import Grant, Identity
from keystone_check.sandbox.workloads import DAY, SERVICE, WEBHOOK

ONE_NAMESPACE = "kubernetes.io/metadata.name"


@fault(breaks=("webhook_is_registered",))
def webhook_is_not_registered(world: World) -> World:
    """The registration of the webhook was lost in an upgrade, while pods still run with what it gave them."""
    return _followed(replace(world, webhooks=Subjects(), webhook_backends=Subjects()), world)


@fault(breaks=("webhook_is_registered",))
def webhook_is_not_registered_and_nothing_runs(world: World) -> World:
    """There is no webhook, and one of two idle CronJobs brings role and token itself."""
    brought = shape("job", identity_of(world).grant("", account_of(world).annotations))
    bare = shape("job", None)
    namespace, _, account = VICTIM.partition("/")
    templates = (
        Template(namespace, "monthly", account, brought),
        Template(namespace, "nightly", account, bare),
    )
    found = Subjects(tuple((f"{namespace}/{it.name}", it) for it in templates))
    empty = replace(world, webhooks=Subjects(), webhook_backends=Subjects(), pods=Subjects(), templates=found)
    return _followed(empty, world)


@fault(breaks=("webhook_has_endpoints", "pods_are_injected"))
def webhook_has_no_ready_pod(world: World) -> World:
    """The webhook's pod is not ready, and its failure is ignored."""
    return _with_backend(world, Backend((443,), 0, 1))


@fault(breaks=("webhook_has_endpoints", "pods_are_injected"))
def webhook_has_no_service(world: World) -> World:
    """The webhook's service was deleted."""
    return _with_backend(world, Absent(SERVICE, f"there is no service {SERVICE}"))


@fault(breaks=("webhook_has_endpoints", "webhook_failure_leaves_a_way_back", "pods_are_injected"))
def webhook_locks_itself_out(world: World) -> World:
    """The webhook must not fail, selects its own namespace, and is down: no pod can be created."""
    world = _with_webhook(world, failure_policy="Fail")
    return _with_backend(world, Backend((443,), 0, 1))


@fault(breaks=("webhook_certificate_is_trusted", "pods_are_injected"))
def webhook_bundle_is_empty(world: World) -> World:
    """The registration has no CA bundle: cert-manager's annotation names another certificate."""
    return _with_webhook(world, authorities=())


@fault(breaks=("webhook_certificate_is_trusted", "pods_are_injected"))
def webhook_bundle_is_no_certificate(world: World) -> World:
    """The CA bundle was encoded twice."""
    return _with_webhook(world, authorities=(), unreadable="it is not a list of certificates in PEM form")


@fault(breaks=("webhook_certificate_is_trusted", "pods_are_injected"))
def webhook_bundle_is_expired(world: World) -> World:
    """The CA bundle was not renewed with the webhook's certificate."""
    return _with_webhook(world, authorities=(authorities.certificate(authorities.EXPIRED),))


@fault(breaks=("webhook_certificate_is_trusted", "pods_are_injected"))
def webhook_bundle_is_anothers(world: World) -> World:
    """The CA bundle is that of a former install, and the webhook must not fail."""
    another = (authorities.certificate(authorities.ANOTHER),)
    own = Requirement(ONE_NAMESPACE, "NotIn", (SERVICE.partition("/")[0],))
    return _with_webhook(world, authorities=another, failure_policy="Fail", namespaces=(own,))


@fault(breaks=("pods_are_injected",))
def webhook_bundle_is_silently_anothers(world: World) -> World:
    """The CA bundle is that of a former install, and every failure is ignored."""
    return _with_webhook(world, authorities=(authorities.certificate(authorities.ANOTHER),))


@fault(breaks=("webhook_certificate_is_trusted", "pods_are_injected"))
def webhook_by_url_has_an_expired_bundle(world: World) -> World:
    """The webhook runs beside the API server and is called by URL; its CA bundle was not renewed."""
    expired = (authorities.certificate(authorities.EXPIRED),)
    world = replace(world, webhook_backends=Subjects())
    return _with_webhook(world, service="", url="https://127.0.0.1:23443/mutate", authorities=expired)


@fault(breaks=("webhook_certificate_names_its_host", "pods_are_injected"))
def webhook_has_moved(world: World) -> World:
    """The webhook's Service has another name than its certificate, and the webhook must not fail."""
    namespace = SERVICE.partition("/")[0]
    moved = f"{namespace}/identity"
    own = Requirement(ONE_NAMESPACE, "NotIn", (namespace,))
    world = replace(world, webhook_backends=Subjects(((moved, Backend((443,), 1, 0)),)))
    return _with_webhook(world, service=moved, failure_policy="Fail", namespaces=(own,))


@fault(breaks=("webhook_certificate_has_days_left",))
def webhook_bundle_ends_soon(world: World) -> World:
    """The authority in the CA bundle has three days left."""
    return _with_webhook(world, authorities=(authorities.ending(world.now + 3 * DAY + 3600),))


@fault(breaks=("webhook_failure_leaves_a_way_back",))
def webhook_must_not_fail(world: World) -> World:
    """The webhook must not fail, and selects its own namespace too."""
    return _with_webhook(world, failure_policy="Fail")


@fault(breaks=("webhook_selects_the_namespace", "pods_are_injected"))
def namespace_is_not_selected(world: World) -> World:
    """The webhook asks for a label that the application's namespace does not have."""
    others = ("ack-system", "karpenter")
    return _with_webhook(world, namespaces=(Requirement(ONE_NAMESPACE, "In", others),))


@fault(breaks=("pods_are_injected",))
def account_is_not_in_the_cache(world: World) -> World:
    """The webhook does not know the service account yet."""
    return _cached(world, None)


@fault(breaks=("native_sidecars_stay_sidecars",))
def webhook_is_older_than_sidecars(world: World) -> World:
    """The webhook knows an older API, and sends the containers back without what makes a native sidecar."""
    return injected(world, replace(identity_of(world), is_old=True))


@fault(breaks=("injected_role_is_the_annotated",))
def webhook_cache_is_stale(world: World) -> World:
    """The webhook still gives the role that the account was bound to before."""
    former = account_of(world).role_arn.replace(":role/api", ":role/former")
    return _cached(world, Grant(former, region=identity_of(world).region))


@fault(breaks=("injected_token_has_the_audience",))
def webhook_asks_for_another_audience(world: World) -> World:
    """The webhook was installed with the audience of a guide for China."""
    plain = identity_of(world)
    grant = plain.grant("", account_of(world).annotations)
    assert grant is not None
    return _cached(world, replace(grant, audience="sts.amazonaws.com.cn"))


def _with_webhook(world: World, **changed: Any) -> World:
    assert isinstance(world.webhooks, Subjects)
    webhook = world.webhooks[WEBHOOK]
    assert isinstance(webhook, Webhook)
    found = world.webhooks.put(WEBHOOK, replace(webhook, **changed))
    return _followed(replace(world, webhooks=found), world)


def _with_backend(world: World, backend: Backend | Absent) -> World:
    return _followed(replace(world, webhook_backends=Subjects(((SERVICE, backend),))), world)


def _cached(world: World, grant: Grant | None) -> World:
    annotations = account_of(world).annotations
    return injected(world, replace(identity_of(world), cached={VICTIM: (annotations, grant)}))


def _followed(world: World, before: World) -> World:
    return injected(world, Identity(identity_of(before).region))
