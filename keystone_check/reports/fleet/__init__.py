"""What people and machines read of several clusters: the formats of one, with a line for each first."""

from keystone_check.reports import annotations, as_json, prometheus, sarif
from keystone_check.reports.fleet import lines, markup, page
from keystone_check.reports.fleet.objects import as_object
from keystone_check.reports.fleet.values import Fleet
from keystone_check.reports.screen import Screen


def render(fleet: Fleet, format: str, screen: Screen) -> str:
    """The report in the format of this name."""
    reports = [member.report for member in fleet.members if member.report]
    gaps = [(member.name, member.gap, member.hint) for member in fleet.members if member.gap]
    match format:
        case "json":
            return as_json.dumps(as_object(fleet))
        case "short":
            return lines.brief(fleet)
        case "markdown":
            return markup.render(fleet)
        case "github":
            return annotations.several(reports, gaps, fleet.counts)
        case "html":
            return page.render(fleet)
        case "prometheus":
            return prometheus.several(reports, [(item.name, item.exit_code) for item in fleet.members])
        case "sarif":
            return sarif.several(reports, gaps)
        case "text":
            return lines.text(fleet, screen)
        case _:
            raise ValueError(f"there is no format {format!r}")
