"""A graph for AgentFlow's own server. The bench never runs it: it reads the configuration, an endpoint that asks for a scope."""
from agentflow.core.graph import StateGraph
from agentflow.core.state import AgentState, Message
from agentflow.utils.constants import END


def answer(state: AgentState) -> Message:
    return Message.text_message("hello", role="assistant")


graph = StateGraph()
graph.add_node("MAIN", answer)
graph.add_edge("MAIN", END)
graph.set_entry_point("MAIN")
app = graph.compile()
