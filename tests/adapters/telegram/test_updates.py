"""What Telegram sends is read as far as a tap needs it, and taken whatever else it is."""

import pytest

from bot.adapters.telegram.updates import arrived, polled

TAP = b"""{"update_id": 7, "callback_query": {"id": "9", "data": "t:1:2@v:1:10", "chat_instance": "-1",
"from": {"id": 5, "is_bot": false, "first_name": "Ada", "language_code": "fr"},
"message": {"message_id": 3, "chat": {"id": 5, "type": "private"}, "date": 1790000000,
"photo": [{"file_id": "A", "width": 90}], "caption": "Page 1 of 10"}}}"""


def test_a_tap_is_read_as_far_as_a_vote_needs() -> None:
    update = arrived(TAP)
    assert update.query is not None
    assert update.query.message is not None
    assert (update.update_id, update.query.id, update.query.data) == (7, "9", "t:1:2@v:1:10")
    assert (update.query.by.id, update.query.by.language_code, update.query.by.last_name) == (5, "fr", None)
    assert bool(update.query.message.photo)
    assert update.whole["callback_query"]["message"]["caption"] == "Page 1 of 10"


def test_half_a_surrogate_pair_hinders_no_vote() -> None:
    broken = TAP.replace(b"Page", rb"\ud83d Page").replace(b"Ada", rb"Ada \udc00")
    for update in (arrived(broken), *polled(b'{"ok": true, "result": [%b]}' % broken)):
        assert update.query is not None
        assert (update.query.data, update.query.by.first_name) == ("t:1:2@v:1:10", "Ada ?")
        assert update.content.decode()
        assert update.whole["callback_query"]["message"]["caption"] == "? Page 1 of 10"


@pytest.mark.parametrize(
    "content",
    [
        rb'{"update_id": 7, "message": {"text": "\ud83d"}}',  # half a surrogate pair
        TAP.replace(b'"id": 5,', b'"id": "5",'),
        b'{"update_id": 7, "callback_query": 5}',
        b'{"update_id": 7, "something_new": {"callback_query": []}}',
    ],
)
def test_what_is_strange_is_an_update_all_the_same(content: bytes) -> None:
    ((update,), alone) = polled(b'{"ok": true, "result": [%b]}' % content), arrived(content)
    for one in (update, alone):
        assert (one.update_id, one.query) == (7, None)
        assert one.whole == alone.whole


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"x", b"[]", b"5", b"{}", b'{"update_id": "7"}', b"[" * 100_000, b"\xff", b'{"update_id": 7'],
)
def test_what_is_no_update_is_refused(nonsense: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says
        arrived(nonsense)
