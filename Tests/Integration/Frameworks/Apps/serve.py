"""One of the three frameworks, as installed from PyPI, serving an agent of a few lines on 127.0.0.1.

    serve.py dockrion|agent-gateway|agentflow FILE PORT

FILE is the framework's own configuration; the working folder is the one it lies in. Nothing of the framework is
replaced: each is started the way its own command starts it.
"""

import os
import sys

import uvicorn

KIND, FILE, PORT = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
FOLDER = os.path.dirname(FILE)
os.chdir(FOLDER)
sys.path.insert(0, FOLDER)


def write(name, text):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def dockrion():
    from dockrion_runtime import create_app
    from dockrion_sdk.core.loader import load_dockspec

    write("agent.py", "def handle(payload):\n    return {'answer': 'hello'}\n")
    return create_app(load_dockspec(FILE), agent_handler="agent:handle")


def agent_gateway():
    from agent_gateway import Gateway

    write("workspace/agents/helper/AGENT.md", "---\nname: Helper\n---\nYou help.\n")
    write("workspace/gateway.yaml", open(FILE).read())
    return Gateway(workspace="workspace")


def agentflow():
    os.environ["GRAPH_PATH"] = FILE
    write(
        "graph/react.py",
        "from agentflow.core.graph import StateGraph\n"
        "from agentflow.core.state import AgentState, Message\n"
        "from agentflow.utils import END\n"
        "def say(state, config):\n"
        "    return Message.text_message('hello', role='assistant')\n"
        "graph = StateGraph(AgentState)\n"
        "graph.add_node('say', say)\n"
        "graph.add_edge('say', END)\n"
        "graph.set_entry_point('say')\n"
        "app = graph.compile()\n",
    )
    from agentflow_cli.src.app.main import app

    return app


APPS = {"dockrion": dockrion, "agent-gateway": agent_gateway, "agentflow": agentflow}
uvicorn.run(APPS[KIND](), host="127.0.0.1", port=PORT, log_level="warning")
