"""A small Kubernetes API server over TLS that signs real tokens and answers as kube-apiserver 1.36 does."""
