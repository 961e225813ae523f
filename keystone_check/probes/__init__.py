"""The readers: the only ones who ask the cluster, AWS and the web. They judge nothing."""
