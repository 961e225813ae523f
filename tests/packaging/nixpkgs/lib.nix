# Options and their types by name, defaults, submodules, mkIf; no priorities, and types are told, not enforced.
let
  merged = sets: builtins.foldl' both { } sets;
  both = a: b: a // builtins.mapAttrs (name: value: if a ? ${name} && builtins.isAttrs value && builtins.isAttrs a.${name} && !(isOption value) then both a.${name} value else value) b;
  isOption = value: (value._type or "") == "option";
  kept = value: if (value._type or "") == "if" then (if value.condition then value.content else { }) else value;
  # The options' tree, filled with what was given or else the defaults.
  filled = options: given: builtins.mapAttrs (name: it:
    if !(isOption it) then filled it (given.${name} or { })
    else of it.type (given.${name} or it.default or (throw "the option ${name} has no value"))) options;
  of = type: value: if type.name == "attrsOf" && type.inner.name == "submodule" then builtins.mapAttrs (_: filled type.inner.options) value else value;
in
rec {
  genAttrs = names: value: builtins.listToAttrs (map (name: { inherit name; value = value name; }) names);
  attrByPath = path: default: set: if path == [ ] then set else if builtins.isAttrs set && set ? ${builtins.head path} then attrByPath (builtins.tail path) default set.${builtins.head path} else default;
  mkOption = it: it // { _type = "option"; };
  mkEnableOption = what: mkOption { type = types.bool; default = false; description = "Whether to enable ${what}."; };
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  types = genAttrs [ "anything" "bool" "str" "package" ] (name: { inherit name; }) // {
    nullOr = inner: { name = "nullOr"; inherit inner; };
    listOf = inner: { name = "listOf"; inherit inner; };
    attrsOf = inner: { name = "attrsOf"; inherit inner; };
    enum = values: { name = "enum"; inherit values; };
    submodule = it: { name = "submodule"; inherit (it) options; };
  };
  licenses.asl20.spdxId = "Apache-2.0";
  platforms.unix = [ "x86_64-linux" "aarch64-linux" ];
  # A module sees what was given and the defaults, and not what other modules make of them.
  evalModules = { modules, specialArgs ? { } }:
    let
      called = map (it: if builtins.isFunction it then it ({ lib = import ./lib.nix; config = known; } // specialArgs) else it) modules;
      declaring = builtins.filter (it: it ? options) called;
      given = merged (builtins.filter (it: !(it ? options)) called);
      options = merged (map (it: it.options) declaring);
      known = filled options given;
    in
    { inherit options; config = merged ([ known ] ++ map (it: kept (it.config or { })) declaring); };
}
