/// The way a proxy asks and wants to be answered (gate.md, "Which dialect, which path").
///
/// Chosen by the listener or by the raw path prefix, never by anything a client can send in a header.
public enum Dialect: UInt8, CaseIterable, Sendable {
    /// Envoy `ext_authz` HTTP service, Istio `envoyExtAuthzHttp`: `/envoy` before the client's own target.
    case envoy
    /// nginx `auth_request`: `/nginx`, the original request in `X-Original-Method` and `X-Original-URI`.
    case nginx
    /// ingress-nginx: `/ingress-nginx`, the original request in `X-Original-Method` and `X-Original-URL`.
    case ingressNginx
    /// Traefik ForwardAuth and Caddy `forward_auth`: `/forward`, the original request in `X-Forwarded-*`.
    case forward
    /// `POST /v1/check` with a JSON document, for anything else.
    case json

    /// The word used in configuration, logs and metric labels.
    public var name: StaticString {
        switch self {
        case .envoy: "envoy"
        case .nginx: "nginx"
        case .ingressNginx: "ingress-nginx"
        case .forward: "forward"
        case .json: "json"
        }
    }
}
