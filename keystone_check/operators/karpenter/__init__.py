"""What Karpenter asks of AWS, by version and configuration."""
