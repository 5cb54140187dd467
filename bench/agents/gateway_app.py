"""Agent Gateway's own server before an empty workspace; AUTH_ENABLED is true or false in its gateway.yaml."""
import os

from agent_gateway import Gateway

app = Gateway(workspace=os.environ["BENCH_WORKSPACE"])
