"""Every API server has the same keys for service account tokens.

## Why it matters
A token that one API server signed has to be verified by the others. A server that was rebuilt with a key of
its own, or joined with other bootstrap data, signs tokens that the rest answer with `401 Unauthorized`,
`invalid bearer token`: in a cluster of two about half of all requests. To AWS half of the tokens are signed
by a key that is not published: `Couldn't retrieve verification key from your identity provider`
(InvalidIdentityToken), now and then and with nothing in the pod's configuration to explain it.

## How to fix
Give every server the same key pair. K3s servers share theirs through the datastore: join them with the same
token, and rotate with `k3s certificate rotate-ca` instead of replacing files. With kubeadm, copy `sa.key` and
`sa.pub` from the first control plane node to the others.

## References
- https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
- https://github.com/k3s-io/k3s/issues/4820
- https://github.com/kubernetes/kubernetes/issues/110035
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, starting
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds
from keystone_check.model.servers import Server

severity = Severity.HIGH


def judge(servers: starting.ServerKeys) -> Iterator[Finding]:
    """One finding an API server."""
    yield from starting.compared(servers, _keys, _judged)


def _keys(server: Server) -> KeySet | Missing:
    if isinstance(server.key_set, Missing):
        return server.key_set
    read = publishing.read_body(server.key_set, read_key_set)
    return Missing("key_set", f"its key set: {read.because}") if isinstance(read, Unreadable) else read


def _judged(name: str, seen: dict[str, KeySet]) -> Finding:
    every = {key.thumbprint: key.kid for it in seen.values() for key in it.keys}
    own = {key.thumbprint: key.kid for key in seen[name].keys}
    lacking = [kid for thumbprint, kid in every.items() if thumbprint not in own]
    if not lacking:
        return holds(name)
    return broken(
        name,
        f"it lacks the key {' and '.join(lacking)}, by which another API server verifies and may sign",
        Evidence(f"key set of {name}", ", ".join(every.values()), ", ".join(own.values()) or "no key"),
        Repair(
            "give every API server the same keys",
            Safety.MANUAL,
            "the keys lie on the API servers' hosts",
            steps=(
                "K3s: take the server that differs out (kubectl delete node, k3s-uninstall.sh) "
                "and join it again with the others' --server and --token, which brings their keys",
                "kubeadm: copy /etc/kubernetes/pki/sa.key and sa.pub from the first control plane node",
                "restart that server, then look again",
            ),
        ),
    )
