{
  description = "Diagnose, prove and repair OIDC federation between a self-hosted Kubernetes cluster and AWS";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = of: lib.genAttrs systems (system: of nixpkgs.legacyPackages.${system});
      package = pkgs: pkgs.callPackage ./packaging/nix/package.nix { source = self; };
      judged = pkgs: import ./packaging/nix/judged.nix { inherit lib pkgs; keystone-check = package pkgs; };
    in
    {
      packages = each (pkgs: rec {
        keystone-check = package pkgs;
        default = keystone-check;
      });

      apps = each (pkgs: rec {
        keystone-check = { type = "app"; program = "${package pkgs}/bin/keystone-check"; };
        default = keystone-check;
      });

      nixosModules = rec {
        keystone-check = import ./packaging/nix/module.nix { inherit package; };
        default = keystone-check;
      };

      # For a Keystone profile's own flake, as one of its checks: what host declares is judged while it is built.
      # checks.x86_64-linux.trust = keystone-check.lib.judged pkgs self.nixosConfigurations.lab.config;
      lib.judged = pkgs: config: (judged pkgs).derivation config;

      # That such a check says yes to a profile that is right. It builds the package, too.
      checks = each (pkgs: {
        inherit (self.packages.${pkgs.system}) keystone-check;
        judged = (judged pkgs).derivation (import ./packaging/nix/profile.nix);
      });
    };
}
