"""What the controllers of ACK ask of AWS, by service and by the kinds that they reconcile."""
