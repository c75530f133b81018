"""Forked processes, as far as tests rely on what is heard of them."""

import os
import subprocess
import sys

from tests.e2e.forks import Forked


def test_a_process_that_ended_before_anybody_told_us_is_ended() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    told, telling = os.pipe()
    with os.fdopen(telling, "wb", buffering=0) as teller:
        teller.write(b"%d\n" % gone.pid)
        forked = Forked(told)
        forked.kill()
        teller.write(b"0\n")
        assert forked.wait(1) == 0
