"""A batch of rows goes through one parameter, on both stores, as it would go value by value."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Boolean, DateTime, Float, SmallInteger, String, Text, select

from bot.storage.arrays import Rows, Statement, instant
from bot.storage.store import Store
from bot.storage.tables import Fan, Outbox, UtcDateTime, table
from tests.clock import START

outbox, fan = table(Outbox), table(Fan)

KINDS = Rows(n=BigInteger(), small=SmallInteger(), flag=Boolean(), words=Text(), at=UtcDateTime())

line = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.one_of(st.none(), st.integers(-(2**15), 2**15 - 1)),
    st.one_of(st.none(), st.booleans()),
    st.one_of(st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    st.one_of(st.none(), st.datetimes().map(lambda at: at.replace(tzinfo=START.tzinfo, fold=0))),
)


@given(lines=st.lists(line, min_size=1, max_size=20))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_value_comes_back_as_it_went_in(store: Store, lines: list[tuple[object, ...]]) -> None:
    given_ = KINDS.source(store.sqlite)
    async with store.read() as tx:
        found = await tx.conn.execute(select(given_), KINDS.values(tx.sqlite, lines))
        assert sorted(map(repr, (tuple(row) for row in found))) == sorted(map(repr, lines))


async def test_no_rows_are_no_rows(store: Store) -> None:
    async with store.read() as tx:
        found = await tx.conn.execute(select(KINDS.source(store.sqlite)), KINDS.values(tx.sqlite, []))
        assert found.all() == []


async def test_lines_of_different_lengths_are_a_bug(store: Store) -> None:
    async with store.read() as tx:
        with pytest.raises(ValueError, match="shorter"):
            KINDS.values(tx.sqlite, [(1, 1, True, "x", START), (2,)])


async def test_a_naive_datetime_is_refused_in_a_batch_too(store: Store) -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(Exception, match="naive datetime"):
        async with store.read() as tx:
            await tx.conn.execute(
                select(KINDS.source(store.sqlite)), KINDS.values(tx.sqlite, [(1, 1, True, "x", naive)])
            )


def test_a_type_that_no_array_is_written_of_is_a_bug() -> None:
    for kind in (Float(), JSON(), DateTime()):
        with pytest.raises(TypeError, match="array"):
            Rows(n=kind)


AWKWARD = (
    "",
    " ",
    "NULL",
    "null",
    "{}",
    '{"a",NULL}',
    '"',
    '\\"',
    "\\",
    "a,b",
    "a\nb\r\t",
    " é中 ",
    "'",
    "$1",
    "%s",
)


@pytest.mark.parametrize("kind", [Text(), String(100)])
async def test_every_letter_that_means_something_in_an_array_is_only_a_letter(
    store: Store, kind: String
) -> None:
    words = Rows(words=kind)
    async with store.read() as tx:
        found = await tx.conn.execute(
            select(words.source(store.sqlite)), words.values(tx.sqlite, [(w,) for w in AWKWARD])
        )
        assert tuple(found.scalars()) == AWKWARD


async def test_a_nul_is_refused_on_both(store: Store) -> None:
    """PostgreSQL stores none, and SQLite's JSON would end the text there: `fan\0x` must not be `fan`."""
    with pytest.raises(Exception, match=r"NUL|0x00"):
        async with store.read() as tx:
            await tx.conn.execute(
                select(KINDS.source(store.sqlite)), KINDS.values(tx.sqlite, [(1, 1, True, "fan\0x", START)])
            )


async def test_a_batch_is_inserted_and_updates_what_is_there(store: Store) -> None:
    rows = Rows(id=BigInteger(), language=Text(), created_at=UtcDateTime())

    def put(on_sqlite: bool) -> Any:
        made = rows.insert_into(on_sqlite, fan)
        return made.on_conflict_do_update(index_elements=["id"], set_={"language": made.excluded.language})

    statement = Statement(rows, put)
    for languages, at in ((["en", None], START), (["fr", "zh"], START + timedelta(days=1))):
        async with store.begin() as tx:
            await statement.write(tx, [(i, said, at) for i, said in enumerate(languages, 1)])
    async with store.read() as tx:
        found = await tx.conn.execute(select(fan.c.id, fan.c.language, fan.c.created_at).order_by(fan.c.id))
        assert [tuple(row) for row in found] == [(1, "fr", START), (2, "zh", START)]


async def test_a_statement_reads_what_the_driver_has(store: Store) -> None:
    statement = Statement(KINDS, lambda on_sqlite: select(KINDS.source(on_sqlite)))
    async with store.read() as tx:
        ((n, small, flag, words, at),) = await statement.rows(tx, [(7, None, True, "été", START)])
    assert (n, small, bool(flag), words, instant(at)) == (7, None, True, "été", START)
    assert instant(None) is None
