"""Directed plays: what chance meets too seldom, told step by step. Each is compared after every step."""

from tests.machine.sale_pair import DAY, INSTANT, SalePair

Want = tuple[int, int, int]


class Teller:
    """Tells a story to a pair, comparing after every step."""

    def __init__(self, pair: SalePair) -> None:
        self.pair = pair

    def order(self, account: int, want: Want, off: int = 0, worker: int = 0) -> None:
        self.pair.see(want)
        self.confirm(account, 0, off, worker)

    def confirm(self, account: int, back: int, off: int = 0, worker: int = 0) -> None:
        self.pair.order(account, back, off, worker)
        self.pair.check()

    def cancel(self, account: int, number: int) -> None:
        self.pair.cancel(account, number, 1)
        self.pair.check()

    def again(self, back: int = 0) -> None:
        self.pair.replay(back, 1)
        self.pair.check()

    def step(self, name: str, days: int = 0) -> None:
        self.pair.step(name, days)
        self.pair.check()

    def tick(self) -> None:
        for worker in (0, 1):
            self.pair.tick(worker)
        self.pair.check()

    def link(self, gone: int, stays: int) -> None:
        self.pair.link(gone, stays)
        self.pair.check()


def everything_sold(pair: SalePair) -> None:
    """Fans buy until nothing is left, across every step; some give back, some are one person."""
    tell = Teller(pair)
    tell.order(0, (2, 1, 1))
    tell.again()
    pair.see((2, 1, 2))
    tell.order(2, (1, 2, 1), worker=1)
    tell.confirm(1, 1)  # its price has moved
    for want in [(0, 1, 1), (7, 1, 1), (1, 3, 1), (1, 0, 1), (1, 1, 3)]:
        tell.order(1, want)
    tell.order(1, (2, 1, 2), off=-1)
    tell.order(0, (4, 2, 2))
    tell.order(0, (1, 1, 1))  # more than one fan may hold
    tell.order(1, (6, 1, 1), worker=1)
    tell.order(3, (2, 2, 2))  # more than there are
    tell.order(3, (1, 2, 2))
    tell.order(3, (1, 2, 2))  # nothing is left
    number = len(pair.sale.orders) - 1
    tell.cancel(3, number)  # somebody else's
    tell.cancel(1, number)
    tell.again()
    tell.cancel(1, number)
    tell.cancel(1, 99)
    tell.order(2, (3, 2, 1))  # there is room again, at prices that stay
    tell.again(1)
    tell.step("pause")
    tell.step("pause")
    tell.order(1, (1, 1, 1))
    tell.step("resume")
    tell.step("resume")
    tell.order(1, (1, 1, 1))
    tell.link(3, 1)
    tell.order(3, (5, 2, 2))  # two accounts, one fan
    tell.cancel(3, len(pair.sale.orders))
    tell.step("close")
    tell.step("close")
    tell.order(1, (1, 1, 1))
    tell.tick()
    tell.step("extend", 1)
    for order_number in range(1, len(pair.sale.orders) + 1):
        tell.cancel(pair.sale.orders[order_number - 1]["account"], order_number)


def few_buy_by_the_clock(pair: SalePair) -> None:
    """The price climbs by time, and fans buy on both sides of every printed instant."""
    tell = Teller(pair)
    for at, account in zip(pair.sale.at, (0, 1, 2), strict=True):
        pair.clock.set(at - INSTANT)
        tell.order(account, (1, 1, 1))
        pair.see((1, 2, 1))
        pair.clock.set(at)
        tell.confirm(account, 0)  # an instant too late for that price, unless units had brought it
        tell.tick()
        tell.order(account, (1, 2, 2), worker=1)
        tell.tick()
    pair.clock.set(pair.now - 4 * DAY)  # somebody sets the clock back
    tell.order(3, (1, 1, 2))
    tell.tick()
    pair.clock.set(pair.now + 4 * DAY)
    tell.step("extend", 85)
    tell.step("extend", 0)
    tell.step("extend", 2)
    pair.clock.set(pair.sale.closes_at - INSTANT)
    tell.order(3, (1, 1, 1))
    pair.see((1, 1, 1))
    tell.step("pause")
    pair.clock.set(pair.sale.closes_at)
    tell.step("resume")
    tell.step("extend", 1)
    tell.confirm(3, 0)
    tell.tick()
    tell.tick()
    for order_number in range(1, len(pair.sale.orders) + 1):
        tell.cancel(pair.sale.orders[order_number - 1]["account"], order_number)


def the_end_comes_while_open(pair: SalePair) -> None:
    """Nobody pauses; the last order comes at the last instant, and one at the first that is too late."""
    tell = Teller(pair)
    tell.order(0, (2, 1, 1))
    tell.order(1, (2, 2, 1))
    pair.clock.set(pair.sale.closes_at - INSTANT)
    tell.order(2, (1, 1, 1))
    pair.see((1, 1, 1))
    pair.clock.set(pair.sale.closes_at)
    tell.confirm(3, 0)
    tell.tick()


STORIES = (everything_sold, few_buy_by_the_clock, the_end_comes_while_open)
