"""The log at the desk."""

from tests.desk.stage import BALLOTS, Desk, words


async def test_the_log_says_who_when_what_and_why(desk: Desk) -> None:
    await desk.made.open()
    owner = await desk.owner()
    await desk.vote(BALLOTS)
    await owner.post(f"{desk.path()}/close", reason="The factory needs the list")
    page = words(await owner.get(desk.log_path))
    assert "Fri 27 Nov, 20:00 (Berlin) The owner closed round 1 “The factory needs the list”" in page
    assert "Catwalk opened round 1" in page
    assert page.index("closed round 1") < page.index("opened round 1") < page.index("loaded the campaign")
