"""Running pods as they are once they are created anew: a pod keeps what it was given when it started."""

from dataclasses import replace

from keystone_check.checks.injecting import is_by_hand
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import RunningPod
from keystone_check.model.world import World
from keystone_check.remedy.given import given


def restarted(before: World, after: World) -> World:
    """`after`, with the pods of accounts whose annotations changed as the webhook makes them then.

    What a template holds by hand stays as it is, however often its pods are restarted.
    """
    if not (
        isinstance(before.accounts, Subjects)
        and isinstance(after.accounts, Subjects)
        and isinstance(after.pods, Subjects)
    ):
        return after
    old, new = dict(before.accounts.seen()), dict(after.accounts.seen())

    def anew(pod: RunningPod) -> RunningPod:
        name = f"{pod.namespace}/{pod.account}"
        if name not in old or name not in new or old[name] == new[name] or is_by_hand(pod.shape):
            return pod
        return replace(pod, shape=given(pod.shape, old[name], new[name], after.expected.audience))

    pods = Subjects(tuple((name, anew(pod)) for name, pod in after.pods.seen()))
    return after if pods == after.pods else replace(after, pods=pods)
