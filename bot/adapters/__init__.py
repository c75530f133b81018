"""Platforms: each adapter translates one of them to and from the port, and decides nothing."""
