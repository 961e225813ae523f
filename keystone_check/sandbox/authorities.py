"""Public certificates of authorities that a webhook's CA bundle may hold; their keys are gone."""

from collections.abc import Iterable

from keystone_check import jose
from keystone_check.model.web import Certificate
from keystone_check.sandbox import cellar, issuing
from keystone_check.sandbox.issuing import Term

DAY = 86400

OWN = """\
-----BEGIN CERTIFICATE-----
MIIBUzCB+6ADAgECAhQ7Cm9jRpZ7PplTqP4o4YS8P/tX+jAKBggqhkjOPQQDAjAf
MR0wGwYDVQQDDBRwb2QtaWRlbnRpdHktd2ViaG9vazAgFw0yNDAxMDEwMDAwMDBa
GA8yMTI0MDEwMTAwMDAwMFowHzEdMBsGA1UEAwwUcG9kLWlkZW50aXR5LXdlYmhv
b2swWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQGdB2Ii4rX4PMcE8rWKTTOqNmO
SfWmqQnpJA/uCxsN0Nbi2cBbtwQKyGfMS0fuEKvVvjb2Tsr12nWKW294qjZroxMw
ETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIDDtBRtgy6kfjd9y
6x1sizMClOlaCynJiOyW7rTAuMVHAiAql+3JoW++CxHIRzOZPBddpSBXheWhOCCg
Cinae58l+g==
-----END CERTIFICATE-----
"""
"""The authority that signed the certificate of the sandbox's webhook."""
NAMES = ("pod-identity-webhook.pod-identity-webhook.svc", "127.0.0.1")
"""What that certificate is for."""
ANOTHER = """\
-----BEGIN CERTIFICATE-----
MIIBYzCCAQmgAwIBAgIULXizCZcYI/mH/+yQ79Rm2gKyuWgwCgYIKoZIzj0EAwIw
JjEkMCIGA1UEAwwbZm9ybWVyLXBvZC1pZGVudGl0eS13ZWJob29rMCAXDTI0MDEw
MTAwMDAwMFoYDzIxMjQwMTAxMDAwMDAwWjAmMSQwIgYDVQQDDBtmb3JtZXItcG9k
LWlkZW50aXR5LXdlYmhvb2swWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATE6fjn
a87stQr9UBXQsIDeEHb8LdCHaclXYlOKD2U9fEqW9DXDnEd+KdjUEqPx5m7dMnrI
xaGCcutO20kIE5tboxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
MEUCIQC64ZQXQi5Kg8qt1IHk1LNGBRWF6D3RPa/TpHIDmN/GJAIgRyuVzfGyQa1R
7oB3pDFct6a8ym8mPHHy+XUrjyP6b3s=
-----END CERTIFICATE-----
"""
"""An authority that signed something else."""
EXPIRED = """\
-----BEGIN CERTIFICATE-----
MIIBUzCB+aADAgECAhQw7W7Xe85VrlOm90F9oIf21N3xdzAKBggqhkjOPQQDAjAf
MR0wGwYDVQQDDBRwb2QtaWRlbnRpdHktd2ViaG9vazAeFw0yMDAxMDEwMDAwMDBa
Fw0yMTAxMDEwMDAwMDBaMB8xHTAbBgNVBAMMFHBvZC1pZGVudGl0eS13ZWJob29r
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwVQTOfkR6U2ewX2/j38v+xcJKOiu
6yqMG7zqw1OmTHqHlSrHnykqW20GB2uXXQbvpcEMcTf6cgDBXY2HHZRhAKMTMBEw
DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAns8h5yyEY0NkgiYV
1KicYLx+HF0t0A9hRZmS50tC918CIQDe9KeNJWz+qpU1ic4xQs69jj6XUAE+FddZ
Phqip6I0DQ==
-----END CERTIFICATE-----
"""
"""The webhook's own authority as it was before it was renewed."""

ALL = (OWN, ANOTHER, EXPIRED)


def trusts(found: Iterable[Certificate], now: int) -> bool:
    """Whether one of them is the authority of the sandbox's webhook, and is valid."""
    own = certificate(OWN).subject
    return any(it.subject == own and it.not_before <= now <= it.not_after for it in found)


def ending(after: int) -> Certificate:
    """The webhook's own authority as one that ends at this time, in Unix seconds."""
    term = Term(after - 90 * DAY, after)
    wanted = cellar.Wanted(("pod-identity-webhook",), intermediates=0, term=term)
    return cellar.facts(cellar.identity(wanted))[0]


def certificate(pem: str) -> Certificate:
    """What is seen of it."""
    return jose.certificates(pem.encode())[0]


def pem_of(wanted: Certificate) -> str:
    """The text of one of these."""
    known = (pem for pem in ALL if certificate(pem) == wanted)
    return next(known, None) or issuing.pem(cellar.serving([wanted]).chain[0]).decode()
