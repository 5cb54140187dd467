"""Envoy's configuration for the bench, as JSON: with its own filters, alone before an upstream, and asking Postern."""
import json
from pathlib import Path

import keys

API = "type.googleapis.com/envoy"
# Envoy refills at intervals: the hour's tokens at once.
HOUR = "3600s"


def _typed(name: str, kind: str, **fields: object) -> dict:
    return {"name": name, "typed_config": {"@type": f"{API}.{kind}"} | fields}


def _address(port: int) -> dict:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _listener(name: str, port: int, filters: list[dict], route: dict) -> dict:
    manager = _typed(
        "envoy.filters.network.http_connection_manager",
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name, use_remote_address=True, normalize_path=True, merge_slashes=True, generate_request_id=False,
        http_filters=[*filters, _typed("envoy.filters.http.router", "extensions.filters.http.router.v3.Router")],
        route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}} | route]}]})
    return {"name": name, "address": _address(port), "filter_chains": [{"filters": [manager]}]}


def _cluster(name: str, port: int) -> dict:
    endpoint = {"endpoint": {"address": _address(port)}}
    return {"name": name, "type": "STATIC", "connect_timeout": "1s", "load_assignment": {
        "cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]}}


def _write(path: Path, listeners: list[dict], clusters: list[dict]) -> Path:
    path.write_text(json.dumps({"static_resources": {"listeners": listeners, "clusters": clusters}}))
    return path


def own_filters(path: Path, port: int) -> Path:
    """The key filter with every key of the bench, a bucket per client in memory, and 200 as the route's own answer."""
    api_keys = _typed(
        "envoy.filters.http.api_key_auth", "extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
        credentials=[{"key": key.text, "client": key.id} for key in keys.LISTED],
        key_sources=[{"header": "x-api-key"}], forwarding={"header": "x-client-id"})
    bucket = {"max_tokens": keys.BURST, "tokens_per_fill": keys.RATE_COUNT, "fill_interval": HOUR}
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    limit = _typed(
        "envoy.filters.http.local_ratelimit", "extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        stat_prefix="limit", filter_enabled=always, filter_enforced=always, enable_x_ratelimit_headers="DRAFT_VERSION_03",
        token_bucket={"max_tokens": 4_000_000_000, "tokens_per_fill": 4_000_000_000, "fill_interval": HOUR},
        # No value: each client of its own gets a bucket when first seen.
        descriptors=[{"entries": [{"key": "client"}], "token_bucket": bucket}],
        max_dynamic_descriptors=2 * keys.COUNT,
        rate_limits=[{"actions": [{"request_headers": {"header_name": "x-client-id", "descriptor_key": "client"}}]}])
    answer = {"direct_response": {"status": 200}}
    return _write(path, [_listener("own", port, [api_keys, limit], answer)], [])


def before_agent(path: Path, alone: int, gated: int, agent: int, postern: int) -> Path:
    """Two listeners to the same agent, the second with ext_authz as in deploy/envoy/envoy.yaml."""
    seen = ["x-api-key", "x-forwarded-for", "x-request-id", "content-type"]
    ext_authz = _typed(
        "envoy.filters.http.ext_authz", "extensions.filters.http.ext_authz.v3.ExtAuthz",
        transport_api_version="V3", failure_mode_allow=False,
        allowed_headers={"patterns": [{"exact": name, "ignore_case": True} for name in seen]},
        http_service={
            "path_prefix": "/envoy",
            "server_uri": {"uri": f"http://127.0.0.1:{postern}", "cluster": "postern", "timeout": "1s"},
            "authorization_request": {"headers_to_add": [
                {"key": "x-postern-client-addr", "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}]},
            "authorization_response": {
                "allowed_upstream_headers": {"patterns": [{"prefix": "x-auth-", "ignore_case": True}]},
                "allowed_client_headers_on_success": {"patterns": [{"prefix": "ratelimit", "ignore_case": True}]}}})
    route = {"route": {"cluster": "agent", "timeout": "0s"}}
    listeners = [_listener("alone", alone, [], route), _listener("gated", gated, [ext_authz], route)]
    return _write(path, listeners, [_cluster("agent", agent), _cluster("postern", postern)])
