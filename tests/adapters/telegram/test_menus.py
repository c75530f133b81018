"""The menus of commands: what is offered where, to whom, in which language, and that it is answered."""

import pytest

from bot.i18n import LANGUAGES
from bot.port import Role
from bot.service.commands import COMMANDS
from tests.adapters.telegram.stage import Stage, words
from tests.telegram.botapi.world import User

Menu = dict[str, str]
FANS = (
    "vote", "ballot", "said", "presales", "orders", "campaign", "results", "language", "link", "me",
    "takeout", "help",
)  # fmt: skip
GROUPS = ("vote", "campaign", "results", "help")
STAFF, OWNERS, SETTING_UP = ("round", "mod"), ("preview", "sign"), ("hide", "doctor", "setup")


def menu(stage: Stage, scope: str, language: str = "en", user: User | None = None) -> Menu:
    """Read a menu as it was registered; English is also everybody else's."""
    key = (scope, user.id if user else 0, 0, "" if language == "en" else language)
    return {c["command"]: c["description"] for c in stage.api.state.commands.get(key, [])}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_place_has_its_menu_in_each_language(stage: Stage, language: str) -> None:
    assert tuple(menu(stage, "all_private_chats", language)) == FANS
    assert tuple(menu(stage, "all_group_chats", language)) == GROUPS
    assert tuple(menu(stage, "all_chat_administrators", language)) == (*GROUPS, *STAFF, *SETTING_UP)


async def test_menus_speak_the_readers_language(stage: Stage) -> None:
    said = {language: menu(stage, "all_private_chats", language)["results"] for language in LANGUAGES}
    assert said["en"] == "How the last round ended"
    assert len(set(said.values())) == 3


@pytest.mark.parametrize(
    ("role", "more"),
    [(Role.MODERATOR, STAFF), (Role.OWNER, (*STAFF, *OWNERS)), (Role.DESIGNER, None)],
)
async def test_who_runs_the_shop_is_offered_more_in_their_own_chat(
    stage: Stage, role: Role, more: tuple[str, ...] | None
) -> None:
    user = await stage.claimed(stage.user("Sam"), role)
    await stage.say(user, "/me")
    await stage.handled()
    for language in LANGUAGES:
        offered = tuple(menu(stage, "chat", language, user))
        assert offered == (() if more is None else (*FANS, *more))


async def test_everything_offered_is_answered(stage: Stage) -> None:
    ola = await stage.claimed(stage.user("Ola"), Role.OWNER)
    await stage.opened(ola)
    for name in (*FANS, *STAFF, *OWNERS):
        assert not words(await stage.say(ola, f"/{name}")).startswith("There is no"), name
    assert {*STAFF, *OWNERS, "hide"} <= COMMANDS.keys()
