"""AWS as far as the chain needs it: moto's services behind our door, STS and what moto lacks by us."""
