import Foundation

/// One check, said as each proxy says it: a client at an address asks an agent for a target, with its headers.
enum CheckDialect: String, CaseIterable, Sendable, CustomStringConvertible {
    case envoy, nginx, forward, json
    case ingressNginx = "ingress-nginx"

    var description: String { rawValue }

    static let host = "agent.test"

    func ask(
        _ port: UInt16, _ method: String = "GET", _ target: String = "/a", _ headers: [HTTPClient.Header] = [],
        from address: String = "192.0.2.7"
    ) throws -> HTTPAnswer {
        let client = try HTTPClient(port: port)
        try send(client, method, target, headers, from: address)
        return try client.answer(to: method)
    }

    func send(
        _ client: HTTPClient, _ method: String, _ target: String, _ headers: [HTTPClient.Header] = [],
        from address: String = "192.0.2.7"
    ) throws {
        switch self {
        case .envoy: try client.send(method, "/envoy\(target)", [("x-postern-client-addr", address)] + headers)
        case .nginx:
            let told = [("X-Original-Method", method), ("X-Original-URI", target), ("X-Real-IP", address)]
            try client.send("GET", "/nginx", told + headers)
        case .ingressNginx:
            let url = "https://\(Self.host)\(target)"
            let told = [("X-Original-Method", method), ("X-Original-URL", url), ("X-Real-IP", address)]
            try client.send("GET", "/ingress-nginx", told + headers)
        case .forward:
            let told = [
                ("X-Forwarded-Method", method), ("X-Forwarded-Uri", target), ("X-Forwarded-Host", Self.host),
                ("X-Forwarded-For", address),
            ]
            try client.send("GET", "/forward", told + headers)
        case .json:
            let lists = Dictionary(grouping: headers, by: { $0.0 }).mapValues { $0.map(\.1) }
            let document: [String: Any] = [
                "method": method, "path": target, "host": Self.host, "address": address, "headers": lists,
            ]
            try client.send("POST", "/v1/check", body: Array(try JSONSerialization.data(withJSONObject: document)))
        }
    }

    /// The status that the client would hear, whatever this proxy needs to be told.
    func status(of answer: HTTPAnswer) -> Int {
        switch self {
        case .nginx, .ingressNginx: answer["X-Authz-Status"].flatMap { Int($0) } ?? answer.status
        default: answer.status
        }
    }

    /// The problem document's word for why.
    func reason(of answer: HTTPAnswer) -> String? {
        switch self {
        case .nginx, .ingressNginx:
            let problem = answer["X-Authz-Problem"].flatMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            return problem?["reason"] as? String
        case .json: return (answer.json["problem"] as? [String: Any])?["reason"] as? String
        default: return answer.reason
        }
    }
}
