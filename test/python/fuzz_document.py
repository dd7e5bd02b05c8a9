"""Schemathesis: cases made of `/openapi.json` against a local host of this service, whose answers must be as it says.

Needs the packages of .ci/requirements.txt and `npm ci`: `python test/python/fuzz_document.py [--max-examples N] [--seed N]`.
Further arguments are those of `schemathesis run`. Each operation gets its examples, what lies at the bounds of its schema, and
up to N random cases: about 1,700 in all by default, which take a minute, and 2,400 with 30.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from local_host import serve

TOKEN = "token-of-the-fuzzer-0123456789"

# What a valid case may be refused for is more than JSON Schema says: a model that nobody has, a URL that no webhook may go to,
# a task without anything to work on. And DELETE cancels a task: it stays, to be read.
LEFT_OUT = "positive_data_acceptance,use_after_free"


def main():
    command = [
        Path(sys.executable).parent / "schemathesis",
        "--config-file",
        Path(__file__).with_name("schemathesis.toml"),
        "run",
        "--header",
        f"Authorization: Bearer {TOKEN}",
        "--exclude-checks",
        LEFT_OUT,
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
        "--request-timeout",
        "60",
        *(["--max-examples", "10"] if "--max-examples" not in sys.argv else []),
        # The same cases for the same document, so that a check of a change is of that change.
        *(["--seed", "1"] if "--seed" not in sys.argv else []),
        *sys.argv[1:],
    ]
    # It keeps what it found in the folder where it runs.
    with serve(TOKEN) as url, tempfile.TemporaryDirectory() as folder:
        status = subprocess.run([*command, f"{url}/openapi.json"], cwd=folder, check=False).returncode
    sys.exit(status)


main()
