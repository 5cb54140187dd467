"""Dockrion's own server before a function that answers at once; AUTH_MODE is api_key or none."""
import os

from dockrion_runtime import create_app
from dockrion_schema import DockSpec


def echo(payload: dict) -> dict:
    return {"text": payload["text"]}


app = create_app(DockSpec.model_validate({
    "version": "1.0",
    "agent": {"name": "bench", "handler": "dockrion_app:echo", "framework": "custom"},
    "io_schema": {
        "input": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
        "output": {"type": "object", "properties": {"text": {"type": "string"}}}},
    "expose": {"rest": True, "streaming": "none", "port": 8080, "host": "127.0.0.1"},
    "auth": {"mode": os.environ["AUTH_MODE"], "api_keys": {"env_var": "BENCH_KEY"}},
}))
