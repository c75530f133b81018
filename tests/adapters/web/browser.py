"""A browser without a screen: it keeps cookies, reads the forms of a page and sends them back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Form:
    """A form as it was rendered: where it goes, its hidden fields, and its buttons' values by name."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    hidden: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found["action"], hidden="hidden" in found))
            self._open = True
        elif self._open and tag == "input":
            self.forms[-1].fields[found.get("name", "")] = found.get("value", "")
        elif self._open and tag == "button" and "name" in found:
            self.forms[-1].buttons.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms(html: str) -> list[Form]:
    """Read all forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


class Browser:
    """One fan's browser. Redirects are not followed, so that a test sees each answer."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={**NAVIGATION, **headers})

    async def json(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=SCRIPT)

    async def form(self, path: str, action: str) -> Form:
        """Open a page and take its first form that goes to `action`."""
        page = await self.get(path)
        return next(form for form in forms(page.text) if form.action == action)

    async def send(self, form: Form, script: bool = False, **changed: str) -> httpx.Response:
        """Send a form as a browser does, or as our script does; `changed` is what the person filled in."""
        headers = SCRIPT if script else NAVIGATION
        return await self.client.post(form.action, data={**form.fields, **changed}, headers=headers)

    async def enter(self, name: str = "Marta", code: str = "WELCOME") -> httpx.Response:
        form = await self.form(f"/enter?code={code}", "/enter")
        return await self.send(form, name=name)

    async def press(self, path: str, action: str, script: bool = False, **more: str) -> httpx.Response:
        """Tap the button of a page whose value is `action`."""
        page = await self.get(path)
        form = next(f for f in forms(page.text) if ("action", action) in f.buttons)
        return await self.send(form, script, action=action, **more)

    async def comment(self, text: str) -> httpx.Response:
        """Say something in the group."""
        return await self.send(await self.form("/r/spring", "/r/spring/comment"), text=text)
