"""A local host of this service, for as long as it is needed."""

import base64
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

# Signs webhooks.
SECRET = "whsec_" + base64.b64encode(b"secret-of-the-python-clients-0123").decode()
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serve(token, local_url=""):
    """Yields its URL. With `local_url` the provider there is served as `local`, beside the simulated one."""
    command = [ROOT / "node_modules/.bin/node", ROOT / "test/python/serve.ts", token, local_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        url = process.stdout.readline().strip()
        assert url, "The local host does not start"
        yield url
        # It ends with its input.
        process.stdin.close()
        assert process.wait(20) == 0
