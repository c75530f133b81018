"""The round engine, pure: no SQL, no chat SDK, no clock of its own."""
