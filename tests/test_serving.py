"""A port is taken before anything else starts, or said to be taken."""

import pytest

from bot.errors import ConfigError
from bot.serving import listen


def test_a_port_that_is_taken_is_named() -> None:
    taken = listen("127.0.0.1", 0, "CATWALK_ROOM__PORT")
    with pytest.raises(ConfigError) as refused:
        listen("127.0.0.1", taken.getsockname()[1], "CATWALK_ROOM__PORT")
    taken.close()
    assert refused.value.problems[0].file == "CATWALK_ROOM__PORT"
