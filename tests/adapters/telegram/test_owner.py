"""An owner's private chat: the round in one minute with buttons, the table as a file, the cut signed."""

from bot.port import Role
from bot.service import people, rounds
from bot.service.rounds import By
from tests.adapters.telegram.stage import Stage, labels, words
from tests.telegram.botapi.world import Message, User


async def owner(stage: Stage) -> User:
    """Make an owner who is in no group."""
    ola = stage.user("Ola", inside=False)
    issued = await people.invite_role(stage.made.shop, Role.OWNER, None)
    await stage.say(ola, f"/claim {issued.code}")
    return ola


async def counted(stage: Stage) -> None:
    """Close and count the round, with one fan's ballot in it."""
    ada = stage.user("Ada")
    await stage.opened(ada)
    await stage.say(ada, "1 2 3")
    await rounds.count(stage.made.store, await rounds.close(stage.made.store, stage.made.round_id, By()))


async def tapped(stage: Stage, user: User, message: Message, button: str) -> Message:
    """Tap a button; give what is shown then, in that message or in a new one."""
    before, said = len(stage.messages(user)), words(message)
    await stage.tap(user, message, button)
    await stage.handled()
    return await stage.until(
        lambda: next(iter(stage.messages(user)[before:]), message if words(message) != said else None)
    )


async def test_owners_are_told_of_a_count_with_what_they_can_do(stage: Stage) -> None:
    ola = await owner(stage)
    await counted(stage)
    await stage.relay()
    told = stage.messages(ola)[-1]
    assert words(told).startswith("Round 1 in one minute\n• 10\N{NO-BREAK SPACE}looks, 1 voter")
    assert labels(told) == [["Preview the cut", "See the edge"], ["CSV", "Comments"]]
    assert "on the edge" in words(await tapped(stage, ola, told, "See the edge"))


async def test_the_table_comes_as_a_file(stage: Stage) -> None:
    ola = await owner(stage)
    await counted(stage)
    await stage.relay()
    sent = await tapped(stage, ola, stage.messages(ola)[-1], "CSV")
    assert sent["document"]["file_name"] == "spring-round-1.csv"
    assert words(sent) == "Standings as a table (CSV)"
    table = stage.api.state.files.by_id(sent["document"]["file_id"]).content.decode("utf-8-sig")
    assert table.startswith("place,number")
    assert "Ada" not in table


async def test_a_cut_is_signed_from_the_chat(stage: Stage) -> None:
    ola = await owner(stage)
    await counted(stage)
    await stage.relay()
    preview = await tapped(stage, ola, stage.messages(ola)[-1], "Preview the cut")
    asked = await tapped(stage, ola, preview, "Sign this cut")
    assert words(asked).startswith("Sign the cut of round 1?")
    signed = await tapped(stage, ola, asked, "Sign the cut")
    assert words(signed).startswith("The cut of round 1 is signed.")
    assert (await stage.made.round()).state == "signed_off"


async def test_a_command_behind_a_button_is_checked_again(stage: Stage) -> None:
    """Anybody can make a button say what an owner's says, and an owner may be none any more."""
    eve = stage.user("Eve")
    own = await stage.opened(eve)
    await counted(stage)
    forged = stage.api.people.forges(eve, own, "@s:/sign spring 1")
    await forged.answered()
    refused = "/sign is for the people who run this shop."
    await stage.until(lambda: any(words(message) == refused for message in stage.messages(eve)))


async def test_times_are_told_by_the_campaigns_clock(stage: Stage) -> None:
    """Also to somebody whose ballot was not shown before: nothing is remembered of them."""
    ola = await owner(stage)
    assert "21:00 (Berlin)" in words(await stage.say(ola, "/campaign"))
    paused = await stage.say(ola, "/round extend 24h")
    assert "(Berlin)" in words(paused)
