"""Evaluators of IAM policies that can be installed from PyPI, each asked as its own project asks it.

Two that decide offline on whole policies with conditions were found. Others were looked at no closer than
their description or a part of their code; a better one may exist, and belongs here.
"""

import collections
import collections.abc
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

from benchmarks.karpenter import Question

Ask = Callable[[Question], bool]
"""Whether the policies allow it."""


def installed(texts: Sequence[str]) -> Iterator[tuple[str, Ask]]:
    """Every one that is installed, its policies read beforehand."""
    yield "moto", _moto(texts)
    if find_spec("principalmapper"):
        yield "PMapper", _pmapper(texts)


def _moto(texts: Sequence[str]) -> Ask:
    """As `moto.iam.access_control` goes through a caller's policies."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    policies = [IAMPolicy(text) for text in texts]

    def ask(question: Question) -> bool:
        permitted = False
        for policy in policies:
            found = policy.is_action_permitted(question.action, question.resource, None, question.context)
            if found is PermissionResult.DENIED:
                return False
            permitted = permitted or found is PermissionResult.PERMITTED
        return permitted

    return ask


def _pmapper(texts: Sequence[str]) -> Ask:
    """As its `local_check_authorization` goes through a node's policies."""
    # Its last release imports these from where Python 3.10 removed them.
    for name in ("Mapping", "MutableMapping"):
        setattr(collections, name, getattr(collections.abc, name))
    from principalmapper.querying.local_policy_simulation import policy_has_matching_statement
    from principalmapper.util.case_insensitive_dict import CaseInsensitiveDict

    policies = [json.loads(text) for text in texts]

    def ask(question: Question) -> bool:
        context = CaseInsensitiveDict(question.context)

        def has(effect: str) -> bool:
            action, resource = question.action, question.resource
            return any(
                policy_has_matching_statement(policy, effect, action, resource, context)
                for policy in policies
            )

        return not has("Deny") and has("Allow")

    return ask
