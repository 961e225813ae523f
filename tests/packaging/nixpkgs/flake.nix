# Stands in for nixpkgs where none can be had: of lib and of the builders what the flake calls, and no more.
# Nothing is built by it. A package is the attributes that it was asked to be made of.
{
  outputs = _:
    let
      lib = import ./lib.nix;
      python3Packages = (lib.genAttrs
        [ "pytest" "boto3" "kubernetes" "pyjwt" "cryptography" "rich" "argcomplete" "hatchling" "moto" "flask" "flask-cors" "py-partiql-parser" "pyyaml" ]
        (name: "python3Packages.${name}")) // {
        buildPythonApplication = made;
        buildPythonPackage = made;
        fetchPypi = asked: asked;
      };
      made = asked: asked // { type = "derivation"; name = "${asked.pname}-${asked.version}"; outPath = "/nix/store/stub-${asked.pname}"; };
      packages = system: rec {
        inherit lib system python3Packages;
        callPackage = path: more: import path ({ inherit lib python3Packages; } // more);
        writeText = name: text: { inherit name text; outPath = "/nix/store/stub-${name}"; };
        runCommand = name: environ: script: { type = "derivation"; inherit name environ script; outPath = "/nix/store/stub-${name}"; };
      };
    in
    { inherit lib; legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ] packages; };
}
