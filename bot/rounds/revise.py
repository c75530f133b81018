"""When designs are revised: between a signed cut and the next round. Pure."""

from collections.abc import Sequence

from bot.errors import RuleError
from bot.rounds.model import TO_COME, Round, RoundState
from bot.text import t

_RUNNING = (RoundState.OPEN, RoundState.PAUSED)


def between(rounds: Sequence[Round]) -> tuple[Round, Round]:
    """Find the signed round and the one it leads to; raises RuleError while designs are not revised.

    `rounds` are a campaign's, in order; rounds that were called off are as if they were not there.
    """
    counting = [r for r in rounds if r.state is not RoundState.VOID]
    for round_ in counting:
        if round_.state in _RUNNING:
            raise RuleError(
                "revision.running",
                t(
                    "Round {number} is running, and fans vote on what they see. "
                    "New versions come after its cut is signed.",
                    number=round_.number,
                ),
            )
        if round_.state is RoundState.CLOSED:
            raise RuleError(
                "revision.unsigned",
                t(
                    "The cut of round {number} is not signed yet: it decides what is revised.",
                    number=round_.number,
                ),
            )
    signed = [r for r in counting if r.state is RoundState.SIGNED_OFF]
    if not signed:
        raise RuleError(
            "revision.early", t("Designs are revised between rounds; the first one has not been held yet.")
        )
    following = next((r for r in counting if r.number > signed[-1].number and r.state in TO_COME), None)
    if following is None:
        raise RuleError(
            "revision.late", t("The last round is signed: what fans chose is made as they chose it.")
        )
    return signed[-1], following
