"""A load balancer as fans meet it: one address until it does not answer, then the next."""

from collections.abc import Sequence

import httpx


class Balanced(httpx.AsyncBaseTransport):
    """Sends to one of several ports of this machine, and elsewhere once that one failed or hangs.

    What failed is not sent again here: that is for whoever asked, as it is for our page.
    """

    def __init__(self, ports: Sequence[int], first: int) -> None:
        self._ports = ports
        self._at = first
        self._sending = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        at = self._at
        request.url = request.url.copy_with(port=self._ports[at % len(self._ports)])
        try:
            return await self._sending.handle_async_request(request)
        except httpx.TransportError:
            self._at = at + 1
            raise

    async def aclose(self) -> None:
        await self._sending.aclose()
