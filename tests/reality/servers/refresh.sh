#!/bin/sh
# Writes go.mod and go.sum anew: ./refresh.sh v1.36.3 v3.6.8   (Kubernetes, etcd)
set -eu
cd "$(dirname "$0")"
kubernetes=$1 etcd=$2
staging=v0${kubernetes#v1}
# Kubernetes requires its staging modules as v0.0.0 and replaces them by folders of its own tree;
# whoever builds it as a module replaces them by their released versions.
requirements=$(GOFLAGS=-mod=mod go mod download -json "k8s.io/kubernetes@$kubernetes" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
{
    sed -n '/^\/\//p' go.mod
    echo 'module keystone-check/reality'
    sed -n '/^go /p; /^godebug default/p' "$requirements"
    printf 'require (\n%s %s\n%s %s\n)\n' go.etcd.io/etcd/server/v3 "$etcd" k8s.io/kubernetes "$kubernetes"
    printf 'tool (\n%s\n%s\n%s\n)\n' go.etcd.io/etcd/server/v3 \
        k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl
    echo 'replace ('
    sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z0-9-]*\) v0\.0\.0\( .*\)*$/\1/p' "$requirements" | sort -u |
        while read -r module; do echo "$module => $module $staging"; done
    echo ')'
} > go.mod.new
mv go.mod.new go.mod
go mod tidy
