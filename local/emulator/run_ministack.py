"""Runs MiniStack for as long as standard input stays open.

Its parent holds the other end: however the parent ends, the emulator stops in order (it saves its state) and
takes the function processes with it, which live in the same process group.
"""

import os
import select
import signal
import sys
import threading
import time

from ministack import app as gateway
from ministack.core.lambda_runtime import Worker
from ministack.services import lambda_svc

from this_machine import only_this_machine


def stop_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


gateway.app = only_this_machine(gateway.app)
# Secrets are never saved; a start writes them anew.
gateway._state_map.pop("ssm")

invoke_async = lambda_svc.invoke_async_with_retry


def invoke_async_by_alias(function, event):
    """Retries and on-failure destination as AWS takes them: from the alias that is invoked.

    MiniStack keeps them by alias, but looks for them in the version that the alias names.
    """
    name, _, alias = function["config"]["FunctionArn"].split(":function:")[1].partition(":")
    found = (lambda_svc._functions.get(name, {}).get("event_invoke_configs") or {}).get(alias)
    invoke_async({**function, "event_invoke_config": found} if found else function, event)


lambda_svc.invoke_async_with_retry = invoke_async_by_alias

drain_log = Worker._drain_stderr_bounded


def drain_log_when_read(worker, *args, **kwargs):
    """All lines of the call.

    MiniStack takes 5 ms of silence for the end of a call's log. On a busy machine the thread that reads the
    function's output is later than that, and the last lines would appear only with the next call.
    """
    if worker._proc is None:
        worker._stderr_thread.join(1)
    else:
        output = worker._proc.stderr.fileno()
        end = time.monotonic() + 1
        while select.select([output], [], [], 0)[0] and time.monotonic() < end:
            time.sleep(0.001)
    return drain_log(worker, *args, **kwargs)


Worker._drain_stderr_bounded = drain_log_when_read
threading.Thread(target=stop_with_parent, daemon=True).start()
try:
    gateway.main()
finally:
    os.killpg(0, signal.SIGKILL)
