# NixOS: every night a look at each cluster, its report and its facts kept, a unit that fails where a link is broken.
{ package }:
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkEnableOption mkIf mkOption types;
  cfg = config.services.keystone-check;
  endings = { json = "json"; html = "html"; markdown = "md"; prometheus = "prom"; sarif = "sarif"; text = "txt"; };

  arguments = name: cluster:
    [ "${cfg.package}/bin/keystone-check" ]
    ++ (if cluster.arguments == null then [ "--cluster" name ] else cluster.arguments)
    ++ [
      "--format" cluster.format
      "--output" "${cfg.outputFolder}/${name}.${endings.${cluster.format}}"
      "--save" "${cfg.outputFolder}/${name}.snapshot.json.gz"
    ]
    ++ cluster.extraArguments;

  # Of systemd's own marks in a command line: % begins a specifier, $ a variable.
  word = text: builtins.toJSON (builtins.replaceStrings [ "%" "$" ] [ "%%" "$$" ] text);

  service = name: cluster: {
    description = "Judge the trust between the cluster ${name} and AWS";
    after = [ "network-online.target" ];
    wants = [ "network-online.target" ];
    environment = {
      HOME = "/var/lib/keystone-check";
      XDG_STATE_HOME = "/var/lib/keystone-check";
    } // (if cluster.kubeconfig == null then { } else { KUBECONFIG = "%d/kubeconfig"; });
    serviceConfig = {
      Type = "oneshot";
      ExecStart = builtins.concatStringsSep " " (map word (arguments name cluster));
      User = "keystone-check";
      Group = "keystone-check";
      StateDirectory = "keystone-check";
      StateDirectoryMode = "0750";
      WorkingDirectory = if cfg.configurationFolder == null then "/var/lib/keystone-check" else cfg.configurationFolder;
      TimeoutStartSec = "10min";
      UMask = "0027";
      ReadWritePaths = [ cfg.outputFolder ];
      # It reads a cluster and AWS, and writes two files.
      AmbientCapabilities = "";
      CapabilityBoundingSet = "";
      DevicePolicy = "closed";
      LockPersonality = true;
      MemoryDenyWriteExecute = true;
      NoNewPrivileges = true;
      PrivateDevices = true;
      PrivateTmp = true;
      ProcSubset = "pid";
      ProtectClock = true;
      ProtectControlGroups = true;
      ProtectHome = true;
      ProtectHostname = true;
      ProtectKernelLogs = true;
      ProtectKernelModules = true;
      ProtectKernelTunables = true;
      ProtectProc = "invisible";
      ProtectSystem = "strict";
      RemoveIPC = true;
      RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
      RestrictNamespaces = true;
      RestrictRealtime = true;
      RestrictSUIDSGID = true;
      SystemCallArchitectures = "native";
      SystemCallFilter = [ "@system-service" "~@privileged" "~@resources" ];
    }
    // (if cluster.kubeconfig == null then { } else { LoadCredential = [ "kubeconfig:${cluster.kubeconfig}" ]; })
    // (if cfg.environmentFile == null then { } else { EnvironmentFile = cfg.environmentFile; });
  };

  timer = _: _: {
    wantedBy = [ "timers.target" ];
    timerConfig = {
      OnCalendar = cfg.schedule;
      RandomizedDelaySec = "15min";
      Persistent = true;
    };
  };

  units = of: builtins.listToAttrs (
    map (name: { name = "keystone-check-${name}"; value = of name cfg.clusters.${name}; }) (
      builtins.attrNames cfg.clusters
    )
  );
in
{
  options.services.keystone-check = {
    enable = mkEnableOption "a look every night at the trust between Kubernetes clusters and AWS";

    package = mkOption {
      type = types.package;
      default = package pkgs;
      description = "The package that is run.";
    };

    clusters = mkOption {
      default = { };
      description = "The clusters by name: one that the configuration has, or a kube context.";
      type = types.attrsOf (types.submodule {
        options = {
          arguments = mkOption {
            type = types.nullOr (types.listOf types.str);
            default = null;
            description = "What names the cluster on the command line, where it is not `--cluster NAME`.";
          };
          extraArguments = mkOption {
            type = types.listOf types.str;
            default = [ ];
            description = "Further arguments, such as `--fail-on high`.";
          };
          format = mkOption {
            type = types.enum (builtins.attrNames endings);
            default = "json";
            description = "The format of the report.";
          };
          kubeconfig = mkOption {
            type = types.nullOr types.str;
            default = null;
            description = "A kubeconfig that root alone can read, such as /etc/rancher/k3s/k3s.yaml; systemd hands it over.";
          };
        };
      });
    };

    outputFolder = mkOption {
      type = types.str;
      default = "/var/lib/keystone-check";
      description = "Where the latest report and facts of each cluster are written.";
    };

    environmentFile = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "A file with AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE and the like; read by systemd, never in the store.";
    };

    configurationFolder = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The folder of keystone-check.toml.";
    };

    schedule = mkOption {
      type = types.str;
      default = "*-*-* 03:17:00";
      description = "When, as systemd.time(7) writes it.";
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.clusters != { };
        message = "services.keystone-check.enable without a cluster: name one in services.keystone-check.clusters";
      }
      {
        assertion = builtins.all (name: builtins.match "[A-Za-z0-9._-]+" name != null) (builtins.attrNames cfg.clusters);
        message = "a name in services.keystone-check.clusters becomes a unit's: letters, digits, dots, dashes; name a context with `arguments`";
      }
    ];
    environment.systemPackages = [ cfg.package ];
    users.users.keystone-check = { isSystemUser = true; group = "keystone-check"; };
    users.groups.keystone-check = { };
    systemd.tmpfiles.rules = [ "d ${cfg.outputFolder} 0750 keystone-check keystone-check -" ];
    systemd.services = units service;
    systemd.timers = units timer;
  };
}
