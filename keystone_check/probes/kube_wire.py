"""The connection to an API server: configuration, first contact, one request at a time."""

import copy
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from kubernetes import config
from kubernetes.client import ApiClient, ApiException, Configuration

from keystone_check import kubeconfig
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.probes import clocks
from keystone_check.probes.answer import Answer, headers_of
from keystone_check.probes.clocks import Heard
from keystone_check.probes.kube_refusals import unreachable, unusable, unverifiable
from keystone_check.probes.limits import (
    CONNECTIONS,
    CONTACT_SECONDS,
    SLOW,
    BrokenOffError,
    Limits,
    detached,
    persist,
)
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.strangers import destination

ACCEPT = "application/json, */*"
"""As `kubectl get --raw`: the key set is application/jwk-set+json, for application/json alone it is 406."""
IN_CLUSTER = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SERVER_NAME = "kubernetes.default.svc"
"""A name that stands in the certificate of every API server of a cluster."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where this runs: what a pod has of its cluster, and the environment."""

    folder: Path = IN_CLUSTER
    """Holds `token` and `ca.crt` in a pod."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def is_pod(self, access: Access) -> bool:
        """Whether nothing names a cluster but the pod that this runs in."""
        named = access.kubeconfig or access.context or self.environ.get("KUBECONFIG")
        usual = Path(self.environ.get("HOME", "~")).expanduser() / ".kube/config"
        return not named and not usual.exists() and (self.folder / "token").exists()


HERE = Place()


@dataclass(frozen=True, slots=True)
class KubeRequest:
    """One request; `what` is what it is called when it fails."""

    method: str
    path: str
    what: str
    body: object = None
    query: Sequence[tuple[str, str]] = ()
    content_type: str = "application/json"


class Wire:
    """One API server's address, credentials and connections."""

    def __init__(
        self,
        access: Access,
        limits: Limits | None = None,
        heard: Heard | None = None,
        place: Place = HERE,
    ) -> None:
        self._limits = limits or Limits(access.request_seconds)
        self._heard = heard or Heard()
        self._client: Any = ApiClient(configuration(access, place))
        self.server: str = self._client.configuration.host
        self._service = clocks.CLUSTER

    def towards(self, address: str, access: Access) -> "Wire":
        """The same credentials before another API server of the cluster, at `address:port`. Raises ReadError.

        They are shown to nobody whose certificate the cluster's authority did not sign.
        """
        settings = copy.deepcopy(self._client.configuration)
        if not settings.verify_ssl or not settings.ssl_ca_cert:
            raise unverifiable(f"https://{address}")
        host, _, port = address.rpartition(":")
        there = destination(host, int(port), access)
        if there != (host, int(port)):
            settings.proxy = None
        settings.host = f"https://{_bracketed(there[0])}:{there[1]}"
        # The hook writes the kubeconfig's own address over this one; a token lasts as long as a look.
        settings.refresh_api_key_hook = None
        settings.tls_server_name = settings.tls_server_name or SERVER_NAME
        other = copy.copy(self)
        other._client, other.server = ApiClient(settings), f"https://{address}"
        other._service = address
        return other

    def contact(self) -> None:
        """Find out within two seconds whether the server takes connections. Raises ReadError."""
        if self._client.configuration.proxy:
            return  # then names are resolved and connections made by the proxy
        parts = urlsplit(self._client.configuration.host)
        try:
            address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
            # Detached, because resolving a name knows no time limit of ours.
            connecting = detached(lambda: socket.create_connection(address, CONTACT_SECONDS))
            connecting.result(CONTACT_SECONDS).close()
        except (OSError, ValueError, TimeoutError) as error:
            raise unreachable(self.server, error) from error

    def send(self, request: KubeRequest) -> tuple[Answer, int]:
        """Any answer, and the number of tries that it took; raises ReadError where there is none."""
        return persist(lambda: self._send(request), self._limits)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _send(self, request: KubeRequest) -> Answer:
        seconds = self._limits.for_request(request.what)
        started, sent = time.monotonic(), self._heard.clock()
        try:
            parameters = self._client.param_serialize(
                request.method,
                request.path,
                query_params=list(request.query),
                header_params={"Accept": ACCEPT, "Content-Type": request.content_type},
                body=request.body,
                auth_settings=["BearerToken"],
            )
            # To urllib3 the TLS handshake is a part of connecting: a busy server may take its time for it.
            answer = self._client.call_api(*parameters, _request_timeout=(seconds, seconds))
            raw = answer.read()
        except urllib3.exceptions.ReadTimeoutError as error:
            said = f"{request.what}: {self.server} gave no answer within {seconds:g} s"
            raise ReadError(said, SLOW, code="timeout") from error
        except urllib3.exceptions.ProtocolError as error:
            broken = ReadError(f"{request.what}: {self.server} broke the connection off")
            if request.method == "GET":
                raise BrokenOffError(broken) from error
            raise broken from error
        except ApiException as error:
            raise unreachable(self.server, error, seconds) from error
        except config.ConfigException as error:
            raise unusable(error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise unreachable(self.server, error, seconds) from error
        headers = headers_of(answer.headers)
        self._heard.note(self._service, clocks.plain(headers), sent)
        return Answer(answer.status, headers, raw, time.monotonic() - started)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


_FromPod: Any = config.incluster_config.InClusterConfigLoader
_from_file: Any = config.load_kube_config
"""The client says that it is typed, and these two are not."""


def configuration(access: Access, place: Place = HERE) -> Configuration:
    settings = Configuration()
    settings.retries = False  # what is asked again, and how often, is decided and shown by us
    settings.connection_pool_maxsize = CONNECTIONS
    try:
        if place.is_pod(access):
            files = (str(place.folder / name) for name in ("token", "ca.crt"))
            _FromPod(*files, environ=place.environ).load_and_set(settings)
        else:
            kubeconfig.read(access.kubeconfig)
            _from_file(
                access.kubeconfig or None,
                access.context or None,
                client_configuration=settings,
                persist_config=False,  # a reader does not write to the kubeconfig
            )
    except config.ConfigException as error:
        raise unusable(error) from error
    except KeystoneError as error:
        raise ReadError(error.message, error.hint, fact="cluster") from error
    except OSError as error:
        raise ReadError(
            f"the kubeconfig {access.kubeconfig or 'of the environment'} cannot be used: {error.strerror}",
            "certificates that it holds go to a temporary folder: name one that can be written with TMPDIR",
            fact="cluster",
        ) from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        # The loader walks the document without looking at its shape.
        raise ReadError(
            f"the kubeconfig {access.kubeconfig or 'of the environment'} cannot be used:"
            f" {type(error).__name__} while reading it",
            "`kubectl config view` shows what kubectl makes of it",
            fact="cluster",
        ) from error
    return settings
