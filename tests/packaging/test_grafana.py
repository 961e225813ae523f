"""The dashboard asks for what is written, and is what Grafana reads."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

from keystone_check.model.acceptance import Acceptance
from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Status
from keystone_check.reports.prometheus import render
from tests.packaging.programs import ROOT
from tests.reports import build

BOARD: dict[str, Any] = json.loads((ROOT / "packaging/grafana/keystone-check.json").read_text("utf-8"))
SOURCE = {
    "type": "object",
    "required": ["type", "uid"],
    "properties": {"type": {"const": "prometheus"}, "uid": {"const": "${datasource}"}},
}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "datasource", "gridPos", "targets", "fieldConfig", "options"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["stat", "state-timeline", "timeseries", "table"]},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "datasource": SOURCE,
        "gridPos": {
            "type": "object",
            "required": ["h", "w", "x", "y"],
            "additionalProperties": False,
            "properties": {
                "h": {"type": "integer", "minimum": 1},
                "w": {"type": "integer", "minimum": 1, "maximum": 24},
                "x": {"type": "integer", "minimum": 0, "maximum": 23},
                "y": {"type": "integer", "minimum": 0},
            },
        },
        "targets": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["refId", "expr", "datasource"],
                "properties": {
                    "refId": {"type": "string", "minLength": 1},
                    "expr": {"type": "string", "minLength": 1},
                    "datasource": SOURCE,
                },
            },
        },
        "options": {"type": "object"},
        "transformations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "options"],
                "properties": {"id": {"const": "organize"}},
            },
        },
        "fieldConfig": {
            "type": "object",
            "required": ["defaults", "overrides"],
            "additionalProperties": False,
            "properties": {
                "overrides": {"type": "array"},
                "defaults": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "unit": {"type": "string"},
                        "min": {"type": "number"},
                        "decimals": {"type": "number"},
                        "noValue": {"type": "string"},
                        "custom": {"type": "object"},
                        "color": {
                            "type": "object",
                            "required": ["mode"],
                            "properties": {"mode": {"enum": ["thresholds", "palette-classic"]}},
                        },
                        "thresholds": {
                            "type": "object",
                            "required": ["mode", "steps"],
                            "properties": {
                                "mode": {"const": "absolute"},
                                "steps": {
                                    "type": "array",
                                    "minItems": 1,
                                    "prefixItems": [{"properties": {"value": {"type": "null"}}}],
                                    "items": {"required": ["color", "value"]},
                                },
                            },
                        },
                        "mappings": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["type", "options"],
                                "properties": {
                                    "type": {"const": "value"},
                                    "options": {
                                        "additionalProperties": {
                                            "type": "object",
                                            "additionalProperties": False,
                                            "properties": {
                                                "text": {"type": "string"},
                                                "color": {"type": "string"},
                                                "index": {"type": "integer"},
                                            },
                                        }
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
VARIABLE = {
    "type": "object",
    "required": ["type", "name", "query", "hide", "skipUrlSync"],
    "properties": {
        "type": {"enum": ["datasource", "query"]},
        "name": {"type": "string", "minLength": 1},
        "hide": {"enum": [0, 1, 2]},
        "skipUrlSync": {"type": "boolean"},
    },
}
DASHBOARD = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "panels", "templating", "time"],
    "properties": {
        "uid": {"type": "string", "minLength": 8, "maxLength": 40},
        "title": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "timezone": {"type": "string"},
        "editable": {"type": "boolean"},
        "graphTooltip": {"enum": [0, 1, 2]},
        "refresh": {"type": "string"},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "version": {"type": "integer", "minimum": 0},
        "id": False,
        "time": {"type": "object", "required": ["from", "to"]},
        "templating": {
            "type": "object",
            "required": ["list"],
            "properties": {"list": {"type": "array", "items": VARIABLE}},
        },
        "panels": {"type": "array", "minItems": 1, "items": PANEL},
    },
}
"""What of https://github.com/grafana/grafana/blob/v10.0.0/kinds/dashboard/dashboard_kind.cue is used here."""


def written() -> dict[str, dict[str, set[str]]]:
    """The values of every label of every metric, where one of everything was found."""
    known = replace(
        build.outcome(build.defect(), "another_check"),
        acceptance=Acceptance("another_check", "known", "2099-12-31", ""),
    )
    found: dict[str, dict[str, set[str]]] = {}
    report = build.report(*build.FINDINGS.values(), known)
    for family in text_string_to_metric_families(render(report)):
        labels = found.setdefault(family.name, {})
        for sample in family.samples:
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


WRITTEN = written()
QUERIES = [(panel["title"], target) for panel in BOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"(keystone_check_\w+)(?:\{([^}]*)\})?")


def labels(query: str) -> Iterator[str]:
    """The labels that a query groups by."""
    for grouped in re.findall(r"\bby \(([^)]*)\)", query):
        yield from (label.strip() for label in grouped.split(","))


def test_it_is_as_grafanas_model_of_a_dashboard_says() -> None:
    Draft202012Validator.check_schema(DASHBOARD)
    Draft202012Validator(DASHBOARD).validate(BOARD)


def test_no_panel_has_the_number_or_the_place_of_another() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


@pytest.mark.parametrize(("title", "target"), QUERIES, ids=[title for title, _ in QUERIES])
def test_every_metric_label_and_status_of_its_queries_is_written(title: str, target: dict[str, str]) -> None:
    query = target["expr"]
    known: set[str] = set()
    for metric, selected in METRIC.findall(query):
        assert metric in WRITTEN
        known |= WRITTEN[metric].keys()
        for label, _, value in re.findall(r'(\w+)(=~|=)"([^"]*)"', selected):
            assert label in WRITTEN[metric]
            assert value == f"${label}" or value in WRITTEN[metric][label]
    grouped = set(labels(query))
    assert known
    assert grouped <= known
    shown = set(re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")))
    assert shown <= (grouped or known)


def test_every_metric_is_on_it() -> None:
    asked = {metric for _, target in QUERIES for metric, _ in METRIC.findall(target["expr"])}
    assert asked == WRITTEN.keys()


def test_its_variables_are_filled_from_what_is_written() -> None:
    source, cluster = BOARD["templating"]["list"]
    assert (source["name"], source["query"]) == ("datasource", "prometheus")
    named = re.fullmatch(r"label_values\((\w+), (\w+)\)", cluster["query"]["query"])
    assert named
    assert named[2] in WRITTEN[named[1]]


def test_what_a_column_is_called_is_the_name_of_a_label() -> None:
    tables = [panel for panel in BOARD["panels"] if panel["type"] == "table"]
    assert len(tables) == 2
    for panel in tables:
        grouped = set(labels(panel["targets"][0]["expr"]))
        for step in panel["transformations"]:
            assert set(step["options"]["indexByName"]) - {"Value"} == grouped


def test_every_exit_code_and_every_state_of_a_link_has_a_word() -> None:
    by_title = {panel["title"]: panel for panel in BOARD["panels"]}

    def words(title: str) -> set[str]:
        (mapping,) = by_title[title]["fieldConfig"]["defaults"]["mappings"]
        return set(mapping["options"])

    assert words("Clusters now") == words("Clusters over time") == {"0", "1", "3", "4"}
    assert words("Links over time") == {"0", "1", "2", "3"}
    assert {status.value for status in Status} <= WRITTEN["keystone_check_link_outcomes"]["status"]
    assert WRITTEN["keystone_check_link_outcomes"]["link"] <= {link.id for link in LINKS}
