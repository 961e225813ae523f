"""What Karpenter and the controllers of ACK need of AWS, and what their roles grant."""
