"""Says what this process does to the `powertrain meter` around it (docs/phases.md).

Never blocks and never fails: what cannot be sent is counted, and said with the next line that can.
"""

import os
import socket
import threading
import time

_lock = threading.Lock()
_connection = None
_name = None
_pid = 0
_lost = 0


def listening():
    """Whether this process runs under `powertrain meter`."""
    return bool(os.environ.get("POWERTRAIN_SOCKET"))


def _connect(name):
    global _connection, _name, _pid, _lost
    if _connection is not None:
        _connection.close()
    _connection, _name, _pid, _lost = None, name, os.getpid(), 0
    if not name.startswith("@"):
        return
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 512 * 1024)
        connection.connect("\0" + name[1:])
        _connection = connection
    except (OSError, ValueError):  # nobody listens there
        connection.close()


def say(line):
    """Sends one line with its time; whether it was sent."""
    global _connection, _lost
    name = os.environ.get("POWERTRAIN_SOCKET")
    if not name or not line or "\n" in line:
        return False
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    with _lock:
        if _pid != os.getpid() or _name != name:
            _connect(name)
        if _connection is None:
            return False
        text = "@%d %s" % (now, line)
        if _lost:
            text = "dropped %d\n%s" % (_lost, text)
        try:
            _connection.send(text.encode("utf-8", "replace"), socket.MSG_DONTWAIT)
            _lost = 0
            return True
        except BlockingIOError:
            _lost += 1
        except OSError:  # the meter is gone; its name does not come back
            _connection.close()
            _connection = None
        return False


def _after_fork():  # the lock may have been held by a thread that the child does not have
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
