"""What people and machines read of a diagnosis: one module a format."""

from keystone_check.reports import annotations, as_json, fleet, markdown, page, prometheus, sarif, short, text
from keystone_check.reports.fleet.values import Fleet
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen


def render(report: Report | Fleet, format: str, screen: Screen) -> str:
    """The report in the format of this name."""
    if isinstance(report, Fleet):
        return fleet.render(report, format, screen)
    match format:
        case "json":
            return as_json.render(report)
        case "short":
            return short.render(report)
        case "markdown":
            return markdown.render(report)
        case "github":
            return annotations.render(report)
        case "html":
            return page.render(report)
        case "prometheus":
            return prometheus.render(report)
        case "sarif":
            return sarif.render(report)
        case "text":
            return text.render(report, screen)
        case _:
            raise ValueError(f"there is no format {format!r}")
