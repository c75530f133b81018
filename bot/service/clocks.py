"""By whose clock a person is told times, where what they are told does not say it itself."""

from bot.port import Actor, Role
from bot.storage import campaigns, people
from bot.storage.store import Tx


async def clock_of(tx: Tx, actor: Actor, group: str | None = None) -> str | None:
    """Name the zone of the newest campaign in a group, else in the one the person was last seen in.

    Owners who are in no group live by the newest campaign of all.
    """
    person = await people.find_person(tx, actor.platform, actor.remote_id)
    if group is not None:
        here = await people.find_group(tx, actor.platform, group)
    else:
        here = await people.last_group(tx, person.account_id) if person else None
    found = await campaigns.campaigns_of(tx, [here.id]) if here else []
    if not found and person is not None and person.may(Role.OWNER):
        found = await campaigns.all_campaigns(tx)
    return found[-1].zone.key if found else None
