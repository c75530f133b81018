"""`catwalk demo`: a whole season on this machine, from drawn designs to what is made of them."""

from bot.showroom.opening import Terminal, Wish, show

__all__ = ["Terminal", "Wish", "show"]
