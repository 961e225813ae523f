# A profile as Keystone has them, with what the tool reads of it.
{
  keystone.cluster = {
    enable = true;
    oidc = { enable = true; issuerUrl = "https://example-oidc.s3.eu-central-1.amazonaws.com"; };
    operators.karpenter = {
      enable = true;
      iamRoleArn = "arn:aws:iam::111122223333:role/karpenter";
      defaultNodePool = { instanceTypes = [ "m7i.large" ]; capacityTypes = [ "spot" "on-demand" ]; };
    };
    operators.ack = {
      enable = true;
      controllers = [ "s3" ];
      iamRoleArn = "arn:aws:iam::111122223333:role/ack";
    };
  };
  services.k3s.extraFlags = [
    "--kube-apiserver-arg=service-account-issuer=https://example-oidc.s3.eu-central-1.amazonaws.com"
    "--kube-apiserver-arg=api-audiences=https://kubernetes.default.svc.cluster.local,k3s"
  ];
}
