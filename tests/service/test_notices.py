"""What one person is told reaches that person, once, and goes where they go."""

import json

import pytest

from bot.port import Actor, Command, Comment, Feed, Look, Notice, Remark, ShowFeed, ShowTakeout, Takeout
from bot.service.notices import tell, tell_each
from bot.storage import notices, people
from bot.text import Numbers, Text, t
from tests.made_shop import ROOM, MadeShop
from tests.rendered import english

USED = t("Used: {number}", number=Numbers((67,)))


async def fan_id(made: MadeShop, actor: Actor) -> int:
    async with made.store.read() as tx:
        person = await people.find_person(tx, actor.platform, actor.remote_id)
    assert person is not None
    return person.fan_id


async def told(made: MadeShop, actor: Actor, key: str, text: Text = USED) -> bool:
    fan = await fan_id(made, actor)
    async with made.store.begin() as tx:
        return await tell(tx, fan, key, text, await tx.now())


async def feed(made: MadeShop, actor: Actor) -> Feed:
    screen = (await made.catwalk.look(Look(actor, ShowFeed(), ROOM))).screen
    assert isinstance(screen, Feed)
    return screen


async def heard(made: MadeShop, actor: Actor) -> list[str]:
    """Read what a fan's own feed tells them alone."""
    return [english(i.text) for i in (await feed(made, actor)).items if isinstance(i, Notice)]


async def test_only_the_fan_reads_it_and_it_is_told_once(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    assert await told(made, ana, "comment:1:used")
    assert not await told(made, ana, "comment:1:used", t("Used again"))
    assert await heard(made, ana) == ["Used: #067"]
    assert await heard(made, ben) == []
    assert await told(made, ben, "comment:1:used"), "a key is one fan's"


async def test_open_pages_hear_of_it_and_only_when_it_is_new(made: MadeShop) -> None:
    ana = await made.fan(1)
    before = (await feed(made, ana)).cursor
    await told(made, ana, "a")
    after = (await feed(made, ana)).cursor
    assert after > before
    await told(made, ana, "a")
    assert (await feed(made, ana)).cursor == after


async def test_it_is_undone_with_the_fact_it_tells(made: MadeShop) -> None:
    ana = await made.fan(1)
    fan = await fan_id(made, ana)
    with pytest.raises(RuntimeError):
        async with made.store.begin() as tx:
            await tell(tx, fan, "a", USED, await tx.now())
            raise RuntimeError("the fact did not happen")
    assert await heard(made, ana) == []


async def test_each_fan_is_told_their_own_sentence(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    texts = {await fan_id(made, ana): t("To Ana"), await fan_id(made, ben): t("To Ben")}
    async with made.store.begin() as tx:
        assert await tell_each(tx, "k", texts, await tx.now()) == 2
        assert await tell_each(tx, "k", texts, await tx.now()) == 0
        assert await tell_each(tx, "k", {}, await tx.now()) == 0
    assert (await heard(made, ana), await heard(made, ben)) == (["To Ana"], ["To Ben"])


async def test_it_stands_at_its_own_time_among_what_was_said(made: MadeShop) -> None:
    ana = await made.fan(1)
    await told(made, ana, "early", t("Early"))
    made.clock.advance(hours=1)
    await told(made, ana, "late", t("Late"))
    assert await heard(made, ana) == ["Early", "Late"]
    page = Look(ana, ShowFeed(made.clock()), ROOM)
    screen = (await made.catwalk.look(page)).screen
    assert isinstance(screen, Feed)
    assert [english(i.text) for i in screen.items if isinstance(i, Notice)] == ["Early"]


async def test_linked_accounts_are_one_reader(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    for key, actor in (("both", ana), ("both", ben), ("ana", ana), ("ben", ben)):
        await told(made, actor, key, t("{who}", who=key))
    code = (await made.catwalk.command(Command(ben, "e", "link", "", ROOM))).text
    assert code is not None
    await made.catwalk.command(Command(ana, "e", "link", str(code.holes["code"]), ROOM))
    assert sorted(await heard(made, ana)) == sorted(await heard(made, ben)) == ["ana", "ben", "both"]


async def test_what_was_told_is_taken_along_and_forgotten(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    fan = await fan_id(made, ana)
    await told(made, ana, "a")
    await told(made, ben, "a", t("To Ben"))
    file = (await made.catwalk.look(Look(ana, ShowTakeout()))).screen
    assert isinstance(file, Takeout)
    assert [n["text"] for n in json.loads(file.words)["notices"]] == ["Used: #067"]
    await made.catwalk.command(Command(ana, "e", "forget", "yes", ROOM))
    async with made.store.read() as tx:
        assert await notices.notices_of(tx, fan, None, 10) == []
    assert await heard(made, ben) == ["To Ben"]


async def test_looking_marks_what_is_there_and_not_what_comes_later(made: MadeShop) -> None:
    ana = await made.fan(1)
    fan = await fan_id(made, ana)
    await told(made, ana, "a")
    async with made.store.begin() as tx:
        assert await notices.unseen(tx, fan) == 1
        await notices.mark_seen(tx, fan, await tx.now())
        assert await notices.unseen(tx, fan) == 0
    await told(made, ana, "b")
    async with made.store.read() as tx:
        assert await notices.unseen(tx, fan) == 1


async def test_what_linked_accounts_said_is_one_persons_and_forgotten_with_them(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await made.catwalk.comment(Comment(ana, "c", ROOM, "#001 longer sleeves"))
    code = (await made.catwalk.command(Command(ben, "e", "link", "", ROOM))).text
    assert code is not None
    await made.catwalk.command(Command(ana, "e", "link", str(code.holes["code"]), ROOM))
    assert [i.mine for i in (await feed(made, ben)).items if isinstance(i, Remark)] == [True]
    await made.catwalk.command(Command(ana, "e", "unlink", "", ROOM))
    assert [i.mine for i in (await feed(made, ben)).items if isinstance(i, Remark)] == [False]
    await made.catwalk.command(Command(ana, "e", "forget", "yes", ROOM))
    assert [i for i in (await feed(made, ben)).items if isinstance(i, Remark)] == []
