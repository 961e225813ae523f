"""What is judged of a target alone: one module a judgement, like a check, of the moves instead of facts."""
