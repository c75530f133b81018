"""The demo: a season drawn from a seed, and simulated fans with tastes who vote on it."""
