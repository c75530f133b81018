"""The use cases, one transaction each. Knows no chat SDK and no clock but the store's."""
