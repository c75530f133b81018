"""Numbers in addresses come from outside: one that no row can bear is a page there is not."""

import pytest

from tests.desk.stage import Desk

PAGES = (
    "/desk/round/{}",
    "/desk/round/{}/standings.csv",
    "/desk/round/{}/summary",
    "/desk/round/{}/close",
    "/desk/campaign/{}/log",
    "/desk/campaign/{}/comments",
    "/desk/campaign/{}/designs",
    "/desk/campaign/{}/design/1",
    "/desk/campaign/1/design/{}",
    "/desk/campaign/1/design/{}/upload",
    "/desk/campaign/{}/presales",
    "/desk/campaign/{}/cut-sheet.csv",
    "/desk/presale/{}",
    "/desk/comment/{}",
    "/r/main/hide/{}",
    "/r/main/look/{}",
    "/r/main/presale/{}",
    "/r/main/orders/{}/cancel",
    "/chart/{}-0123456789abcdef0123456789abcdef-en-light.png",
)
FORMS = (
    "/desk/round/{}/close",
    "/desk/round/{}/again",
    "/desk/round/{}/mark",
    "/desk/round/{}/extend",
    "/desk/campaign/{}/presales/open",
    "/desk/presale/{}/close",
    "/desk/campaign/{}/log/1/undo",
    "/desk/campaign/1/log/{}/undo",
    "/desk/comment/{}",
    "/desk/campaign/1/design/{}/withdraw",
    "/desk/campaign/1/design/{}/choose",
)
NUMBERS = ("2147483648", "9223372036854775807", "9223372036854775808", "9" * 40, "9" * 5000)


@pytest.mark.parametrize("number", NUMBERS, ids=["past int4", "int8", "past int8", "long", "endless"])
async def test_no_number_breaks_a_page(desk: Desk, number: str) -> None:
    await desk.closed()
    owner = await desk.owner()
    seen = {page: (await owner.get(page.format(number))).status_code for page in PAGES}
    fields = {"reason": "why", "act": "new", "c-1": "on"}
    seen |= {f"POST {form}": (await owner.post(form.format(number), **fields)).status_code for form in FORMS}
    assert {page: status for page, status in seen.items() if status not in (403, 404, 409)} == {}
