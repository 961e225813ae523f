"""Condition keys that belong to no one service."""

GLOBAL_KEYS = (
    *("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgPaths", "aws:PrincipalOrgID"),
    *("aws:PrincipalTag/*", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName"),
    *("aws:PrincipalServiceNamesList", "aws:PrincipalType", "aws:userid", "aws:username"),
    *("aws:AssumedRoot", "aws:FederatedProvider", "aws:TokenIssueTime", "aws:MultiFactorAuthAge"),
    *("aws:MultiFactorAuthPresent", "aws:ChatbotSourceArn", "aws:Ec2InstanceSourceVpc"),
    *("aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIdentity"),
    *("aws:SourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpceAccount"),
    *("aws:VpceOrgID", "aws:VpceOrgPaths", "aws:VpcSourceIp"),
    *("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:ResourceTag/*"),
    *("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ViaAWSService", "aws:CurrentTime"),
    *("aws:EpochTime", "aws:referer", "aws:RequestedRegion", "aws:RequestTag/*", "aws:TagKeys"),
    *("aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"),
    *("aws:UserAgent", "aws:SignInSessionArn", "aws:ViaAWSMCPService", "aws:CalledViaAWSMCP"),
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

CROSS_SERVICE_KEYS = (
    *("ec2:RoleDelivery", "ec2:SourceInstanceArn", "glue:RoleAssumedBy", "glue:CredentialIssuingService"),
    *("lambda:SourceFunctionArn", "ssm:SourceInstanceArn", "identitystore:UserId"),
    "saml:*",
)
"""Those of a role session, set whatever it calls: the same page, Properties of a role session; and
…/reference_policies_iam-condition-keys.html, Cross-service SAML-based AWS STS federation context keys."""
