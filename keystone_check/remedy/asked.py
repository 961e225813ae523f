"""What new pods are given once a webhook is asked for other namespaces."""

from dataclasses import replace

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.injection import DryRun, Namespace, Requirement, Webhook
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.world import World
from keystone_check.remedy.given import as_another


def selected(world: World, change: SetNamespaceSelector) -> World:
    """The world with the other selector.

    Pods of a namespace that it takes in are given what others are; of one that it leaves out only a look
    can tell, for another webhook may be asked.
    """
    if isinstance(world.webhooks, Missing):
        return world
    key = f"{change.configuration}/{change.webhook}"
    webhook = world.webhooks[key]
    if not isinstance(webhook, Webhook):
        return world
    webhooks = world.webhooks.put(key, replace(webhook, namespaces=change.after))
    return _followed(replace(world, webhooks=webhooks), change)


def _followed(world: World, change: SetNamespaceSelector) -> World:
    facts = (world.accounts, world.injections, world.namespaces)
    if any(isinstance(fact, Missing) for fact in facts):
        return world
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.injections, Subjects)
    assert isinstance(world.namespaces, Subjects)
    injections = world.injections
    for name, account in world.accounts.seen():
        space, shown = world.namespaces[account.namespace], injections[name]
        if not isinstance(space, Namespace) or not isinstance(shown, DryRun):
            continue
        if _takes(change.before, space) == _takes(change.after, space):
            continue
        taken = as_another(world, account, world.expected.audience) if _takes(change.after, space) else None
        because = f"the webhook is asked otherwise in {account.namespace}; only a look can tell"
        injections = injections.put(name, taken or Missing(name, because))
    return replace(world, injections=injections)


def _takes(requirements: tuple[Requirement, ...], space: Namespace) -> bool:
    return all(it.met(space.labels) for it in requirements)
