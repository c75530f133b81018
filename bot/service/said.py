"""What one person said in a group, what became of it, and what they alone were told."""

from bot.port import Look, Reply, Said
from bot.service.comments import member_group, remark
from bot.service.notices import shown
from bot.service.shop import Shop, known, language_for
from bot.storage import comments, notices
from bot.text import t

_MOST = 200


async def look(shop: Shop, wanted: Look) -> Reply:
    """Show it to this person alone; what they were told counts as seen from then on."""
    async with shop.store.read() as tx:
        person = await known(tx, wanted.actor)
        group = await member_group(tx, person, wanted.actor.platform, wanted.group)
        rows = await comments.comments_of_fan(tx, group.id, person.fan_id, _MOST)
        told = await notices.notices_of(tx, person.fan_id, None, _MOST)
        unseen = await notices.unseen(tx, person.fan_id)
    if unseen:
        async with shop.store.begin() as tx:
            await notices.mark_seen(tx, person.fan_id, await tx.now())
    screen = Said(
        group.remote_id,
        tuple(remark(row, person.fan_id) for row in rows),
        tuple(shown(row) for row in told),
    )
    return Reply(t("What you said"), screen, language=language_for(person, wanted.actor))
