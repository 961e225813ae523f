# A NixOS profile's declaration, judged while it is built: offline, without a cluster and without AWS.
{ lib, pkgs, keystone-check }:

let
  at = path: default: set: lib.attrByPath path default set;
in
rec {
  # What the tool reads of a profile, and nothing else: other options are never evaluated.
  declared = config:
    let
      cluster = at [ "keystone" "cluster" ] { } config;
      karpenter = at [ "operators" "karpenter" ] { } cluster;
      ack = at [ "operators" "ack" ] { } cluster;
      pool = at [ "defaultNodePool" ] { } karpenter;
    in
    {
      keystone = {
        enable = cluster.enable or null;
        oidc = {
          enable = at [ "oidc" "enable" ] null cluster;
          issuerUrl = at [ "oidc" "issuerUrl" ] null cluster;
        };
        operators.karpenter = {
          enable = karpenter.enable or null;
          iamRoleArn = karpenter.iamRoleArn or null;
          defaultNodePool = {
            instanceTypes = pool.instanceTypes or null;
            capacityTypes = pool.capacityTypes or null;
          };
        };
        operators.ack = {
          enable = ack.enable or null;
          controllers = ack.controllers or null;
          iamRoleArn = ack.iamRoleArn or null;
        };
      };
      extraFlags = at [ "services" "k3s" "extraFlags" ] null config;
    };

  # 1: something that is declared is broken. 3: what needs a network could not be seen, as in every build.
  script = file: ''
    code=0
    keystone-check --cluster none --nix ${file} --no-color > report || code=$?
    cat report
    case "$code" in 0 | 3) cp report "$out" ;; *) exit 1 ;; esac
  '';

  derivation = config:
    pkgs.runCommand "keystone-declaration-judged" { nativeBuildInputs = [ keystone-check ]; } (
      script (pkgs.writeText "profile.json" (builtins.toJSON (declared config)))
    );
}
