"""A worker that hands tasks to LLM Service and is told of their end by a signed webhook. Python 3.9, no packages.

    LLM_BASE_URL=http://127.0.0.1:8080 LLM_WEBHOOK_SECRET=whsec_… python3 worker.py
"""

import base64
import hashlib
import hmac
import json
import os
import queue
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE_URL = os.environ.get("LLM_BASE_URL") or "http://127.0.0.1:8080"
TOKEN = os.environ.get("LLM_AUTH_TOKEN")
SECRET = os.environ.get("LLM_WEBHOOK_SECRET", "")

events: "queue.Queue[dict]" = queue.Queue()


def verify(secret, headers, body, now):
    """Whether a delivery is the service's (Standard Webhooks 1.0), and no older than five minutes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    timestamp = headers.get("webhook-timestamp", "")
    if not key or not timestamp.isdigit() or abs(now - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Two signatures, while one secret replaces another.
    signatures = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(each.encode(), expected.encode()) for each in signatures)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        genuine = verify(SECRET, self.headers, body, time.time())
        # Answer first and work afterwards: the service waits ten seconds.
        self.send_response(204 if genuine else 401)
        self.end_headers()
        if genuine:
            events.put(json.loads(body))

    def log_message(self, *_):
        pass


def call(method, path, body=None):
    request = urllib.request.Request(BASE_URL + path, method=method)
    request.add_header("content-type", "application/json")
    if TOKEN:
        request.add_header("authorization", f"Bearer {TOKEN}")
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=30) as answer:
        return json.load(answer)


def handle(event):
    task_id = event["task_id"]
    if event["event_type"] == "completed":
        # A result that was too large for an event is read by its id.
        omitted = event.get("data_omitted")
        result = call("GET", f"/api/v1/tasks/{task_id}")["result"] if omitted else event["data"]
        print("completed", task_id, json.dumps(result), flush=True)
    elif event["event_type"] == "failed":
        print("failed", task_id, f"{event['error']['code']}: {event['error']['message']}", flush=True)
    else:
        print(event["event_type"], task_id, flush=True)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 0))), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    callback = os.environ.get("CALLBACK_URL") or f"http://127.0.0.1:{server.server_port}/llm-callback"
    print("listening", callback, flush=True)

    tasks = [
        {"type": "translation", "data": {"text": "Good morning", "target_language": "fr"}},
        # One that fails: no model answers within a millisecond.
        {"type": "custom", "prompt": "Name three rivers.", "config": {"timeout": "1ms"}},
    ]
    open_ids = set()
    for task in tasks:
        task_id = call("POST", "/api/v1/tasks", {**task, "callback_url": callback})["task_id"]
        print("submitted", task_id, flush=True)
        open_ids.add(task_id)
    seen = set()
    while open_ids:
        event = events.get(timeout=120)
        # An event may come more than once.
        if event["event_id"] in seen:
            continue
        seen.add(event["event_id"])
        handle(event)
        open_ids.discard(event["task_id"])


if __name__ == "__main__":
    main()
