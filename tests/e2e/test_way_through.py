"""The way through of the README, command by command and click by click."""

import re
from pathlib import Path
from random import Random

from tests.e2e.conftest import WORDS, NewFan
from tests.e2e.made import PAGES
from tests.e2e.process import Catwalk, Done


def good(done: Done) -> str:
    """Take what a command said, which must have gone well."""
    assert done.code == 0, done.err
    return done.out


async def test_the_way_through(bare: Catwalk, source: Path, new_fan: NewFan) -> None:
    good(bare.run("migrate"))
    assert bare.run("doctor").out.count("!!") == 1  # nobody owns the shop yet
    assert "24 designs, 2 rounds" in good(bare.run("campaign", "check", str(source)))
    assert "Loaded." in good(bare.run("campaign", "load", str(source)))
    assert "Nothing changed." in good(bare.run("campaign", "load", str(source)))

    serving = bare.start()
    owner = await new_fan(serving.url)
    claimed = await owner.enter(bare.link("owner", "invite"))
    assert claimed.headers["location"] == "/desk"
    assert "The shop has an owner." in good(bare.run("doctor"))

    assert "It opens by itself" in await owner.step("schedule")
    assert "Open. The groups are being told." in await owner.step("open")
    invitation = bare.link("room", "invite")
    fans = [await new_fan(serving.url) for _ in range(4)]
    for i, fan in enumerate(fans):
        assert (await fan.enter(invitation)).headers["location"] == "/r/main"
        assert await fan.leaf_through(PAGES, Random(i))
    assert "24 of 24 seen" in await fans[0].feed()
    assert (await fans[0].comment(f"#007 {WORDS}")).status_code == 303

    assert "Closed. No vote is taken any more." in await owner.step("close", reason="enough")
    assert not await fans[1].press("p:1:7:1")
    assert fans[1].late == "vote.late"
    feed = await fans[1].feed_with("Round 1 of 2: 24\N{NO-BREAK SPACE}looks", "Round 1 closed")
    assert WORDS in feed
    assert "Signed. The groups are being told." in await owner.step("sign")
    await fans[1].feed_with("Round 1 of 2", "10\N{NO-BREAK SPACE}looks go on to round 2")
    overview = (await owner.get("/desk")).text
    assert re.search(r"10.looks went on, 14 left", overview)
    assert re.search(r"Opens by itself Fri 17 May, 18:00 \(Berlin\): 10.looks, 4 go on", overview)
    assert serving.stop() == 0
