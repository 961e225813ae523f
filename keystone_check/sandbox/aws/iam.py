"""The IAM actions that moto lacks."""

from werkzeug.wrappers import Response

from keystone_check.iam.arns import provider_arn
from keystone_check.iam.oidc import CLIENT_IDS_PER_PROVIDER
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import query_error, query_result
from keystone_check.sandbox.aws.simulating import simulated


def answer(account: Account, call: Call) -> Response | None:
    """The answer, or None for an action that is left to moto."""
    arn = call.form.get("OpenIDConnectProviderArn", "")
    match call.action:
        case "CreateOpenIDConnectProvider":
            made = provider_arn(account.partition, account.id, call.form.get("Url", ""))
            account.created.setdefault(made, account.clock())
            return None
        case "DeleteOpenIDConnectProvider":
            account.created.pop(arn, None)
            return None
        case "GetOpenIDConnectProvider" if arn in account.created:
            state.set_created(account.id, arn, account.created[arn])
            return None
        case "AddClientIDToOpenIDConnectProvider":
            return _add_client_id(account, call)
        case "RemoveClientIDFromOpenIDConnectProvider":
            return _remove_client_id(account, call)
        case "SimulatePrincipalPolicy":
            return simulated(account, call)
        case _:
            return None


def _add_client_id(account: Account, call: Call) -> Response:
    arn, client_id = call.form.get("OpenIDConnectProviderArn", ""), call.form.get("ClientID", "")
    provider = dict(state.providers(account.id).seen()).get(arn)
    if provider is None:
        return _no_such_provider(arn)
    if not 1 <= len(client_id) <= 255:
        return query_error(
            "iam", 400, "ValidationError", "the client ID must have a length of 1 to 255 characters"
        )
    if client_id not in provider.client_ids:  # documented as idempotent
        if len(provider.client_ids) >= CLIENT_IDS_PER_PROVIDER:
            return query_error(
                "iam",
                409,
                "LimitExceeded",
                f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {CLIENT_IDS_PER_PROVIDER}",
            )
        state.set_client_ids(account.id, arn, (*provider.client_ids, client_id))
    return query_result("iam", call.action)


def _remove_client_id(account: Account, call: Call) -> Response:
    arn, client_id = call.form.get("OpenIDConnectProviderArn", ""), call.form.get("ClientID", "")
    provider = dict(state.providers(account.id).seen()).get(arn)
    if provider is None:
        return _no_such_provider(arn)
    # Documented as idempotent: removing what is not there is no error.
    state.set_client_ids(account.id, arn, tuple(item for item in provider.client_ids if item != client_id))
    return query_result("iam", call.action)


def _no_such_provider(arn: str) -> Response:
    return query_error("iam", 404, "NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")
