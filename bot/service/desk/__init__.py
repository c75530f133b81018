"""What the desk shows: one read a page, and in it only what this person's role may see.

While a round runs nothing here says what was chosen, neither per design nor per fan: not even an owner
can learn who leads. Standings exist in a view from the close on.
"""

from bot.service.desk.cut import VERDICTS, CutRow, CutView, mark_kind
from bot.service.desk.one_round import RoundPage, round_page
from bot.service.desk.overview import CampaignLine, Overview, RoundLine, overview
from bot.service.desk.people import LogPage, PeoplePage, log_page, people_page
from bot.service.desk.said import SaidLine, SaidPage, said_one, said_page
from bot.service.desk.seat import Staff, check, seat
from bot.service.desk.steps import AGAIN, MARK
from bot.service.desk.turnout import GroupTurnout, TurnoutView

__all__ = [
    "AGAIN", "MARK", "VERDICTS", "CampaignLine", "CutRow", "CutView", "GroupTurnout", "LogPage",
    "Overview", "PeoplePage", "RoundLine", "RoundPage", "SaidLine", "SaidPage", "Staff",
    "TurnoutView", "check", "log_page", "mark_kind", "overview", "people_page", "round_page", "said_one",
    "said_page", "seat",
]  # fmt: skip
