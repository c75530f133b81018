"""Presales, pure: the price ladder, the state machine, what an order may be."""
