"""AgentFlow behind Postern: who is asking is what Postern says. In agentflow.json:

    "auth": {"method": "custom", "path": "graph.postern_auth:PosternAuth"}
"""

from urllib.parse import unquote

from agentflow_cli import BaseAuth
from agentflow_cli.src.app.core.exceptions import UserAccountError


class PosternAuth(BaseAuth):
    def authenticate(self, request, response, credential):
        user = request.headers.get("x-auth-user-id")
        if not user:
            raise UserAccountError("Invalid token, please login again", "REVOKED_TOKEN", 401)
        lists = {name: request.headers.get(f"x-auth-{name}") for name in ("roles", "permissions", "scopes")}
        found = {name: [unquote(item) for item in text.split(",")] for name, text in lists.items() if text}
        return {"user_id": unquote(user), **found}
