"""What a repair writes into the registration of a webhook."""

from dataclasses import dataclass

from keystone_check.model.injection import Requirement


@dataclass(frozen=True, slots=True)
class SetNamespaceSelector:
    """Set for which namespaces a mutating webhook is asked. What was matchLabels becomes matchExpressions."""

    configuration: str
    webhook: str
    before: tuple[Requirement, ...]
    after: tuple[Requirement, ...]

    def patch(self) -> dict[str, object]:
        """The strategic merge patch that writes it; webhooks of a registration are merged by name."""
        expressions = [
            {"key": it.key, "operator": it.operator, **({"values": list(it.values)} if it.values else {})}
            for it in self.after
        ]
        selector = {"matchLabels": None, "matchExpressions": expressions or None}
        return {"webhooks": [{"name": self.webhook, "namespaceSelector": selector}]}
