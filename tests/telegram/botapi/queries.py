"""Methods that answer what waits for an answer: a pressed button, a payment to be allowed."""

from tests.telegram.botapi import html
from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.failures import bad
from tests.telegram.botapi.state import Method, Query, State

CALLBACK_S, CHECKOUT_S = 15.0, 10.0
"""How long an answer is waited for. Telegram names 10 s for payments; of buttons it says only "soon"."""

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(state: State, asked: Asked) -> bool:
    query = _open(state, state.callbacks.get(asked.text("callback_query_id")), CALLBACK_S)
    if html.utf16(asked.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    url = asked.text("url")
    if url and not url.startswith((f"https://t.me/{state.world.bot.username}?start=", "tg://")):
        raise bad("URL_INVALID")
    return _answer(state, query, asked)


def answer_pre_checkout_query(state: State, asked: Asked) -> bool:
    query = _open(state, state.checkouts.get(asked.text("pre_checkout_query_id")), CHECKOUT_S)
    if "ok" not in asked:
        raise bad("ok is empty")
    if not asked.flag("ok") and "error_message" not in asked:
        raise bad("error message is empty")
    return _answer(state, query, asked)


def _open(state: State, query: Query | None, patience_s: float) -> Query:
    if query is None or query.answer is not None or state.clock() - query.asked_at > patience_s:
        raise bad(_TOO_OLD)
    return query


def _answer(state: State, query: Query, asked: Asked) -> bool:
    query.answer, query.answered_at = asked.given, state.clock()
    query.done.set()
    return True


METHODS: dict[str, Method] = {
    "answerCallbackQuery": answer_callback_query,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
}
