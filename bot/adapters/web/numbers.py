"""Numbers in addresses: every `{id:int}` of the room and of what is mounted into it."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class RowNumber(IntegerConvertor):
    """A number that a row can bear. One with more digits is in no address of ours, so it is not found."""

    regex = "[0-9]{1,18}"


def bound_numbers() -> None:
    """Let every route that is made from now on take row numbers only."""
    register_url_convertor("int", RowNumber())
