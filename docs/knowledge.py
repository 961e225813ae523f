"""python docs/knowledge.py FOLDER: carry the researched facts about Karpenter and ACK into the package.

FOLDER holds `karpenter.json` and `ack.json`, in the form that docs/knowledge.md describes. What is written is
what the package asks for, each question in a file of its own, so that nobody reads what they do not need.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from keystone_check import knowledge

HOME = Path(knowledge.__file__).parent
Facts = Mapping[str, Any]

WHEN = {
    "always": "always",
    "always_1.12+": "always",
    "nodeclass_uses_role": "node role",
    "nodeclass_uses_role_or_nodeclass_deletion": "node role",
    "spot": "spot",
    "interruption_queue_set": "interruption queue",
    "capacityReservationSelectorTerms": "capacity reservations",
    "nodeclass_has_capacityReservationSelectorTerms": "capacity reservations",
    "placementGroupSelector": "placement groups",
    "nodeclass_has_placementGroupSelector": "placement groups",
    "not_isolated_vpc": "open network",
    "not_isolated_vpc_1.7+": "open network",
    "nodeclass_uses_alias": "image alias",
    "nodeclass_uses_custom_ssm_parameter": "image parameter",
    "nodeclass_uses_alias_or_ssm_parameter": "image alias",
    "eks_only": "EKS",
    "never_in_1.1+": "never",
}
"""How the facts name a gate of the configuration, and how the package does."""


def karpenter(facts: Facts) -> Iterator[tuple[str, Any]]:
    """File name and content, for what is asked about Karpenter."""
    templates: list[Any] = []
    yield (
        "releases",
        {"minors": {m: _minor(v, templates) for m, v in facts["versions"].items()}, **_notes(facts)},
    )
    yield "templates", {"sources": _sources(facts), "templates": templates}
    yield "asks", [_ask(case) for case in facts["simulation_cases"]]
    yield "actions", {name: _action(found) for name, found in facts["action_catalog"].items()}
    yield "failures", {"failures": facts["failures"], "signatures": facts["log_signatures"]}
    yield (
        "kubernetes",
        {
            "constant": facts["compat_matrix"]["code_constant_steps"],
            "matrix": facts["compat_matrix"]["rows"],
            "docs": facts["compat_matrix"]["docs_row_by_version"],
            "effect": facts["compat_matrix"]["out_of_range_effect"],
            "source": facts["compat_matrix"]["source"],
        },
    )
    yield (
        "objects",
        {
            name: facts[name]
            for name in (
                "crds",
                "status_conditions",
                "install",
                "self_hosted",
                "startup_sequence",
                "tags_written",
            )
        },
    )
    yield (
        "surroundings",
        {name: facts[name] for name in ("node_role_facts", "spot", "interruption", "kms", "policy_size")},
    )
    yield (
        "policies",
        {
            "kops": facts["kops_reference_self_hosted"],
            "migrating": facts["migrating_from_cas_policy"],
        },
    )


def _minor(found: Facts, templates: list[Any]) -> dict[str, Any]:
    policies = {
        name: {
            "name": policy["managed_policy_name"],
            "statements": [_statement(one) for one in policy["statements"]],
            "when": {one["sid"]: WHEN[one["needed_when"]] for one in policy["statements"]},
        }
        for name, policy in found["policies"].items()
    }
    if policies not in templates:
        templates.append(policies)
    return {
        "released": found["released"],
        "tags": {tag.removeprefix("v"): span for tag, span in found["k8s_supported"].items()},
        "template": templates.index(policies),
        "changes": {k: v for k, v in found["changes_from_previous_minor"].items() if v},
        "source": found["source"],
    }


def _notes(facts: Facts) -> dict[str, Any]:
    notes = facts["upgrade_notes"]
    return {"notes": {n["version"]: {k: v for k, v in n.items() if k != "version"} for n in notes}}


def _sources(facts: Facts) -> dict[str, Any]:
    wanted = ("generated", "provider_repo", "provider_head", "provider_head_date", "core_repo", "core_head")
    return {name: facts["meta"][name] for name in wanted}


def _statement(found: Facts) -> dict[str, Any]:
    """A statement of the facts in the form that IAM has for it."""
    said = {"Sid": found["sid"], "Effect": found["effect"], "Action": found["actions"]}
    return {
        **said,
        "Resource": found["resources"],
        **({"Condition": c} if (c := found.get("conditions")) else {}),
    }


def _ask(case: Facts) -> dict[str, Any]:
    names = ("action", "resource", "since", "until", "note")
    kept = {name: case[name] for name in names if case.get(name) is not None}
    since = {"since": "1.12"} if case["when"] == "always_1.12+" else {}
    return {**since, **kept, "context": case["context"], "when": WHEN[case["when"]]}


def _action(found: Facts) -> dict[str, Any]:
    return {
        "since": found["since"],
        "when": WHEN[found["needed_when"]],
        "effect": found["effect_when_missing"],
    }


def ack(facts: Facts) -> Iterator[tuple[str, Any]]:
    """File name and content, for what is asked about ACK."""
    controllers = facts["controllers"]
    yield (
        "index",
        {
            "taken": facts["meta"]["generated"],
            "controllers": {name: _indexed(found) for name, found in controllers.items()},
        },
    )
    yield (
        "common",
        {name: facts[name] for name in ("common", "failures", "operation_action_exceptions", "meta")},
    )
    yield "managed", facts["managed_policies"]
    gaps = facts["recommended_policy_gaps"]
    for name, found in controllers.items():
        yield name, _controller(found, gaps.get(name, []))


def _indexed(found: Facts) -> dict[str, Any]:
    names = ("version", "maturity", "api_group", "service_account", "namespace", "image")
    return {
        **{name: found[name] for name in names if found.get(name) is not None},
        "kinds": [kind["kind"] for kind in found["kinds"]],
    }


def _controller(found: Facts, gaps: list[str]) -> dict[str, Any]:
    kept = ("service_full_name", "iam_prefixes", "managed_policy_arns", "recommended_policy_problems")
    more = (
        "snapshot",
        "evidence",
        "kinds_source",
        "recommended_policy_grants_pass_role",
        "iam_resources_by_action",
    )
    return {
        **{name: found[name] for name in (*kept, *more) if name in found},
        "gaps": gaps,
        "statements": [_written(one) for one in found["inline_statements"] or []],
        "kinds": {kind["kind"]: _kind(kind) for kind in found["kinds"]},
    }


def _written(found: Facts) -> dict[str, Any]:
    """A statement that may lack a Sid."""
    return {name: value for name, value in _statement({"sid": "", **found}).items() if value}


def _kind(found: Facts) -> dict[str, Any]:
    said = {
        "plural": found["plural"],
        "group": found["group"],
        "versions": found["versions"],
        "reads": found.get("iam_actions_read"),
        "writes": found.get("iam_actions_write"),
        "roles": found.get("role_fields"),
        "keys": found.get("kms_key_fields"),
        "source": found.get("operations_source"),
    }
    return {name: value for name, value in said.items() if value is not None}


def write(folder: Path) -> None:
    """Every file anew; one that nothing writes any more is deleted."""
    for name, make in (("karpenter", karpenter), ("ack", ack)):
        facts = json.loads((folder / f"{name}.json").read_text("utf-8"))
        home = HOME / name
        home.mkdir(exist_ok=True)
        files = {home / f"{file}.json": content for file, content in make(facts)}
        for stale in set(home.glob("*.json")) - set(files):
            stale.unlink()
        for path, content in files.items():
            text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
            path.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
