"""Clients of OpenAI's API for Python, as they are published, against a local host of this service.

Needs the packages of .ci/requirements.txt and `npm ci`: `python test/python/check_clients.py`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import openai
from local_host import SECRET, serve
from pydantic import BaseModel

TOKEN = "token-of-the-python-clients"
MODEL = "simulated/simulated"
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Person(BaseModel):
    name: str
    age: int


def user(content):
    return {"role": "user", "content": content}


def check_chat(client):
    chat = client.chat.completions.create(model=MODEL, messages=[user("Hello")])
    assert chat.choices[0].message.content.startswith("Simulated answer"), chat
    assert chat.choices[0].finish_reason == "stop" and chat.usage.total_tokens > 0, chat


def check_stream(client):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(client.chat.completions.create(model=MODEL, messages=[user("Stream")], **options))
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text.startswith("Simulated answer") and len(chunks) > 4, chunks
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0, chunks[-1]


def check_stream_helper(client):
    with client.chat.completions.stream(model=MODEL, messages=[user("Helper")]) as stream:
        kinds = {event.type for event in stream}
        chat = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds, kinds
    assert chat.choices[0].message.content.startswith("Simulated answer"), chat


def check_tools(client):
    messages = [user("What is the weather?")]
    asked = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
    (call,) = asked.choices[0].message.tool_calls
    assert asked.choices[0].finish_reason == "tool_calls" and "city" in json.loads(call.function.arguments)
    messages += [asked.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    told = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
    assert told.choices[0].message.content.startswith("Simulated answer"), told


def check_structured_output(client):
    chat = client.chat.completions.parse(model=MODEL, messages=[user("Somebody")], response_format=Person)
    assert isinstance(chat.choices[0].message.parsed, Person), chat


def check_response(client):
    response = client.responses.create(model=MODEL, input="Hello", instructions="Be kind")
    assert response.output_text.startswith("Simulated answer") and response.status == "completed", response
    again = client.responses.retrieve(response.id)
    assert again.output == response.output and again.instructions == "Be kind", again
    on = client.responses.create(model=MODEL, input="And on", previous_response_id=response.id)
    assert on.previous_response_id == response.id, on
    items = list(client.responses.input_items.list(on.id))
    assert [item.content[0].text for item in items] == ["And on"], items
    client.responses.delete(response.id)
    expect(openai.NotFoundError, lambda: client.responses.retrieve(response.id), param=None)


def check_response_stream(client):
    with client.responses.stream(model=MODEL, input="Stream") as stream:
        numbers = [event.sequence_number for event in stream]
        response = stream.get_final_response()
    assert numbers == list(range(len(numbers))) and len(numbers) > 8, numbers
    assert response.output_text.startswith("Simulated answer"), response


def check_response_tools(client):
    tool = {"type": "function", "strict": True, **WEATHER["function"]}
    asked = client.responses.create(model=MODEL, input="What is the weather?", tools=[tool])
    (call,) = [item for item in asked.output if item.type == "function_call"]
    assert "city" in json.loads(call.arguments)
    rain = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
    told = client.responses.create(model=MODEL, input=[rain], previous_response_id=asked.id, tools=[tool])
    assert told.output_text.startswith("Simulated answer"), told


def check_response_structure(client):
    response = client.responses.parse(model=MODEL, input="Somebody", text_format=Person)
    assert isinstance(response.output_parsed, Person), response


def check_background_response(client):
    def poll(response):
        while response.status in ("queued", "in_progress"):
            time.sleep(0.1)
            response = client.responses.retrieve(response.id)
        return response

    queued = client.responses.create(model=MODEL, input="Later", background=True)
    assert queued.status == "queued" and queued.background, queued
    assert poll(queued).output_text.startswith("Simulated answer")
    assert client.responses.cancel(queued.id).status == "completed"

    first = []
    for event in client.responses.create(model=MODEL, input="Read on", background=True, stream=True):
        first.append(event)
        if event.type == "response.output_text.delta":
            break
    rest = list(client.responses.retrieve(first[0].response.id, stream=True, starting_after=len(first) - 1))
    numbers = [event.sequence_number for event in first + rest]
    assert numbers == list(range(len(numbers))) and rest[-1].type == "response.completed", numbers
    refused = lambda: client.responses.create(model=MODEL, input="a", background=True, store=False)
    expect(openai.BadRequestError, refused, param="store")


def check_response_webhook(client):
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()
            received.append((body, dict(self.headers)))

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        body = {"callback_url": f"http://127.0.0.1:{server.server_port}/hook"}
        response = client.responses.create(model=MODEL, input="Tell me", background=True, extra_body=body)
        deadline = time.monotonic() + 60
        while not received and time.monotonic() < deadline:
            time.sleep(0.1)
        server.shutdown()
    (text, headers), *_ = received
    event = client.webhooks.unwrap(text, headers, secret=SECRET)
    assert (event.type, event.data.id) == ("response.completed", response.id), event
    assert client.responses.retrieve(event.data.id).status == "completed"


def check_models(client):
    ids = [model.id for model in client.models.list()]
    assert "auto" in ids and MODEL in ids, ids
    assert client.models.retrieve(MODEL).id == MODEL


def check_embeddings(client):
    body = {"model": "simulated-embedding", "input": ["one", "two"], "dimensions": 8}
    decoded = client.embeddings.create(**body)
    numbers = client.embeddings.create(**body, encoding_format="float")
    for one, other in zip(decoded.data, numbers.data, strict=True):
        assert len(one.embedding) == 8
        assert all(abs(a - b) < 1e-6 for a, b in zip(one.embedding, other.embedding, strict=True))


def check_own_options(client):
    body = {"model": MODEL, "messages": [user("Own")], "extra_body": {"priority": "low"}}
    assert client.chat.completions.create(**body).service_tier == "flex"


def check_files(client):
    """The helper sends a file in parts, as it must above the bound of a request."""
    text = b"0123456789" * 600_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.jsonl")
        path.write_bytes(text)
        kind = {"mime_type": "application/jsonl", "purpose": "batch"}
        upload = client.uploads.upload_file_chunked(file=path, part_size=4_000_000, **kind)
    assert upload.file.bytes == len(text), upload
    assert client.files.content(upload.file.id).read() == text
    assert client.files.delete(upload.file.id).deleted
    expect(openai.NotFoundError, lambda: client.files.retrieve(upload.file.id), type="invalid_request_error")


def check_batch(client):
    def line(index):
        body = {"model": "none" if index == 3 else MODEL, "messages": [user(f"Line {index}")]}
        url = "/v1/chat/completions"
        return json.dumps({"custom_id": f"line-{index}", "method": "POST", "url": url, "body": body})

    lines = "\n".join(line(index) for index in range(20)).encode()
    file = client.files.create(file=("in.jsonl", lines), purpose="batch")
    what = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch = client.batches.create(input_file_id=file.id, **what)
    for _ in range(240):
        batch = client.batches.retrieve(batch.id)
        if batch.status in ("completed", "failed", "expired", "cancelled"):
            break
        time.sleep(0.25)
    counts = batch.request_counts
    assert (batch.status, counts.completed, counts.failed) == ("completed", 19, 1), batch
    texts = [client.files.content(each).text for each in (batch.output_file_id, batch.error_file_id)]
    ids = [json.loads(line)["custom_id"] for text in texts for line in text.splitlines()]
    assert sorted(ids) == sorted(f"line-{index}" for index in range(20)), ids
    assert batch.id in [each.id for each in client.batches.list()]


def expect(kind, call, **members):
    try:
        call()
    except kind as error:
        told = {name: getattr(error, name) for name in members}
        assert told == members and error.request_id, (told, error.request_id)
        return
    raise AssertionError(f"no {kind.__name__}")


def check_errors(client):
    stranger = client.with_options(api_key="wrong")
    expect(openai.AuthenticationError, stranger.models.list, code="invalid_api_key")
    ask = client.chat.completions.create
    unknown = lambda: ask(model="none", messages=[user("a")])
    expect(openai.NotFoundError, unknown, code="model_not_found", param="model")
    for stream in (False, True):
        bad = lambda: ask(model="auto", messages=[{"content": "no role"}], stream=stream)
        expect(openai.BadRequestError, bad, param="messages[0].role", type="invalid_request_error")


def check_cut_stream(client):
    pieces = []
    try:
        for chunk in client.chat.completions.create(model="local/cut", messages=[user("Cut")], stream=True):
            pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    except openai.APIError as error:
        assert pieces == ["Half"], pieces
        assert error.code == "provider_error", error
        return
    raise AssertionError(f"a cut stream looked like a whole answer: {pieces}")


def check_llm(client):
    """Simon Willison's command line, which streams, and its schemas."""
    with tempfile.TemporaryDirectory() as folder:
        # JSON, which is YAML too.
        model = {
            "model_id": "service",
            "model_name": MODEL,
            "api_base": str(client.base_url),
            "api_key_name": "service",
            "supports_schema": True,
        }
        Path(folder, "extra-openai-models.yaml").write_text(json.dumps([model]))
        environment = {**os.environ, "LLM_USER_PATH": folder}

        def llm(*arguments):
            command = [sys.executable, "-m", "llm", "-m", "service", "--key", TOKEN, *arguments]
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
            return subprocess.run(command, env=environment, check=True, **pipes).stdout

        assert llm("Hello").startswith(b"Simulated answer")
        assert llm("Hello, at once", "--no-stream").startswith(b"Simulated answer")
        assert set(json.loads(llm("Somebody", "--schema", "name, age int"))) == {"name", "age"}


@contextmanager
def provider_that_cuts():
    """Answers every request by the begin of a stream, and breaks the connection."""
    chunk = {"id": "p", "choices": [{"index": 0, "delta": {"content": "Half"}, "finish_reason": None}]}
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(f"{head}data: {json.dumps(chunk)}\n\n".encode())

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def main():
    checks = [check for name, check in globals().items() if name.startswith("check_")]
    with provider_that_cuts() as local_url, serve(TOKEN, local_url) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key=TOKEN)
        for check in checks:
            started = time.monotonic()
            check(client)
            print(f"✔ {check.__name__}: {time.monotonic() - started:.1f} s", flush=True)


main()
