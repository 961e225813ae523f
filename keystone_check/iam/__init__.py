"""The law: the policy language and the STS exchange, decided exactly and explained. Standard library only."""
