"""Runs a program on a terminal of its own and types: usage typist.py ANSWERS PROGRAM ARGS...

ANSWERS is a JSON list; the next one is typed whenever a question ends in ": ". Prints as JSON what stood on the
screen, the exit status, and whether the terminal echoes again at the end.
"""

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios

answers = json.loads(sys.argv[1])
here, there = pty.openpty()
child = subprocess.Popen(
    sys.argv[2:],
    stdin=there,
    stdout=there,
    stderr=there,
    start_new_session=True,
    preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
)
screen = b""
unread = b""
while True:
    readable, _, _ = select.select([here], [], [], 0.1)
    if readable:
        chunk = os.read(here, 65536)
        screen += chunk
        unread += chunk
        if answers and unread.endswith(b": "):
            os.write(here, answers.pop(0).encode())
            unread = b""
    elif child.poll() is not None:
        break
modes = termios.tcgetattr(there)[3]
result = {
    "screen": screen.decode("utf8", "replace"),
    "code": child.returncode,
    "echo": bool(modes & termios.ECHO and modes & termios.ICANON),
}
print(json.dumps(result))
