"""Whether an API server reaches a webhook, and in which words it says that it did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the webhook's registration has it."""

    webhook: str
    namespace: str
    service: str
    """Empty: it is called by URL."""
    port: int
    path: str
    """Or the whole URL."""
    timeout: int
    service_there: bool
    ready: int
    trusted: bool
    names: tuple[str, ...]
    """What the certificate that it shows is for."""

    def failure(self) -> str:
        """Empty when the call succeeds; else kube-apiserver's words (apiserver, pkg/util/webhook)."""
        cause = self._cause()
        if not cause:
            return ""
        url = f"https://{self._host}:{self.port}{self.path}" if self.service else self.path
        url = f"{url}?timeout={self.timeout}s"
        return f'failed calling webhook "{self.webhook}": failed to call webhook: Post "{url}": {cause}'

    def _cause(self) -> str:
        if self.service and not self.service_there:
            return f'service "{self.service}" not found'
        if self.service and not self.ready:
            return f'no endpoints available for service "{self.service}"'
        distrust = self._distrust()
        return f"tls: failed to verify certificate: x509: {distrust}" if distrust else ""

    def _distrust(self) -> str:
        """In the words of Go's crypto/x509, which looks at the name before the authority."""
        if self._host not in self.names:
            return f"certificate is valid for {', '.join(self.names)}, not {self._host}"
        return "" if self.trusted else "certificate signed by unknown authority"

    @property
    def _host(self) -> str:
        """What the certificate has to be for: of a service `name.namespace.svc`."""
        return f"{self.service}.{self.namespace}.svc" if self.service else urlsplit(self.path).hostname or ""


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
