"""Whether an API server reaches a webhook, and in which words it says that it did not."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the webhook's registration has it."""

    webhook: str
    namespace: str
    service: str
    port: int
    path: str
    timeout: int
    service_there: bool
    ready: int
    trusted: bool

    def failure(self) -> str:
        """Empty when the call succeeds; else kube-apiserver's words (apiserver, pkg/util/webhook)."""
        cause = self._cause()
        if not cause:
            return ""
        url = f"https://{self.service}.{self.namespace}.svc:{self.port}{self.path}?timeout={self.timeout}s"
        return f'failed calling webhook "{self.webhook}": failed to call webhook: Post "{url}": {cause}'

    def _cause(self) -> str:
        if not self.service_there:
            return f'service "{self.service}" not found'
        if not self.ready:
            return f'no endpoints available for service "{self.service}"'
        return "" if self.trusted else _UNKNOWN_AUTHORITY


_UNKNOWN_AUTHORITY = "tls: failed to verify certificate: x509: certificate signed by unknown authority"


def met(key: str, operator: str, values: Sequence[str], labels: dict[str, str]) -> bool:
    """One matchExpression on an object's labels."""
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
