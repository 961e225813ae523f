"""How the API server, the kubeconfig or the network between says no."""

import json
import socket
import ssl

import urllib3
from kubernetes.client import ApiException

from keystone_check.probes import rights
from keystone_check.probes.answer import Answer
from keystone_check.probes.limits import CONTACT_SECONDS
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import KubeAsk


def unusable(error: Exception) -> ReadError:
    first = str(error).splitlines()[0]
    return ReadError(
        f"the kubeconfig cannot be used: {first}",
        "check --kubeconfig and --context; `kubectl config get-contexts` lists what there is",
        fact="cluster",
    )


def unreachable(server: str, error: Exception, seconds: float = CONTACT_SECONDS) -> ReadError:
    """Why no connection came about, as one reason for everything that depends on the cluster."""
    return ReadError(
        f"the cluster at {server} cannot be reached: {_reason(error, seconds)}",
        "check the address, the network (VPN?) and that the API server runs",
        code="unreachable",
        fact="cluster",
    )


def unverifiable(server: str) -> ReadError:
    """Why credentials are not shown to a server that nobody can tell from another."""
    return ReadError(
        f"the API server at {server} was not asked: the kubeconfig names no authority by which to know it",
        "a kubeconfig with certificate-authority-data can tell",
    )


def _reason(error: BaseException, seconds: float) -> str:
    match error:
        case socket.gaierror() | urllib3.exceptions.NameResolutionError():
            return "its name does not resolve"
        case ConnectionRefusedError():
            return "connection refused"
        case urllib3.exceptions.NewConnectionError():
            return _reason(error.__cause__, seconds) if error.__cause__ else str(error)
        case TimeoutError() | urllib3.exceptions.ConnectTimeoutError():
            return f"no connection within {seconds:g} s"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case ApiException():
            return f"TLS failed: {str(error.reason).splitlines()[-1]}"
        case OSError() if error.strerror:
            return error.strerror
    return f"{type(error).__name__}: {error}"


def refused(what: str, answer: Answer, attempts: int, ask: KubeAsk | None) -> ReadError:
    told = said(answer.body)
    because = f": {told}" if told else ""
    tries = f" (at the {attempts}. try)" if attempts > 1 else ""
    code = str(answer.status)
    if answer.status == 401:
        return ReadError(
            # Without the request: it fails for all of them, and is one reason.
            f"the API server does not accept our credentials: 401{because}",
            "sign in to the cluster again or check the kubeconfig's user",
            code=code,
            fact="cluster",
        )
    permission = ask.permission if ask and answer.status == 403 else ""
    hint = _ONE_NAMESPACE if permission == rights.LIST_ACCOUNTS.permission else ""
    return ReadError(f"{what}: {code}{because}{tries}", hint, code=code, permission=permission)


_ONE_NAMESPACE = "name one namespace with -n where the right is given for that one only"


def said(body: bytes) -> str:
    """The message of a Status in one line; empty where the answer is none."""
    try:
        status = json.loads(body)
    except ValueError:
        return ""
    message = status.get("message") if isinstance(status, dict) else None
    return " ".join(message.split()) if isinstance(message, str) else ""
