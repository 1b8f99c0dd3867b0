"""Runs MiniStack for as long as standard input stays open.

Its parent holds the other end: however the parent ends, the emulator stops in order (it saves its state) and
takes the function processes with it, which live in the same process group.
"""

import os
import signal
import sys
import threading

from ministack.app import main


def stop_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=stop_with_parent, daemon=True).start()
try:
    main()
finally:
    os.killpg(0, signal.SIGKILL)
