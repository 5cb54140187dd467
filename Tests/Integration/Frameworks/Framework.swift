import Foundation

/// The frameworks, by the name that `--format` has for their files.
enum FrameworkKind: String, CaseIterable, Sendable {
    case dockrion
    case agentGateway = "agent-gateway"
    case agentflow

    var file: String {
        switch self {
        case .dockrion: "Dockfile.yaml"
        case .agentGateway: "gateway.yaml"
        case .agentflow: "agentflow.json"
        }
    }

    fileprivate var health: String {
        switch self {
        case .dockrion: "/health"
        case .agentGateway: "/v1/health"
        case .agentflow: "/ping"
        }
    }

    /// What a client reads first: the status, and the code of the framework's error body where there is one.
    func outcome(_ answer: HTTPAnswer) -> String {
        guard answer.status >= 400 else { return "200" }
        let code: String?
        switch self {
        case .dockrion: code = (answer.json["detail"] as? [String: Any])?["error"] as? String
        case .agentGateway, .agentflow: code = (answer.json["error"] as? [String: Any])?["code"] as? String
        }
        let detail = (answer.json["detail"] as? String)?.split(separator: ".").first.map(String.init)
        return [String(answer.status), code ?? detail].compactMap(\.self).joined(separator: " ")
    }
}

/// A framework as installed from PyPI, serving an agent of a few lines from a configuration file of its own.
final class Framework {
    let kind: FrameworkKind
    let port: UInt16
    /// The file, which Postern reads too.
    let file: String
    private let program: RunningProgram

    init(_ kind: FrameworkKind, _ text: String, environment: [String: String], scratch: ScratchFolder) throws {
        self.kind = kind
        port = try TCPListener.freePort()
        try scratch.makeFolder("app")
        file = try scratch.write(text, to: "app/\(kind.file)")
        // One of Agent Gateway's libraries would fetch a list of prices.
        let quiet = ["LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONDONTWRITEBYTECODE": "1"]
        program = try RunningProgram(
            .frameworks,
            arguments: [Repository.path("Tests/Integration/Frameworks/Apps/serve.py"), kind.rawValue, file, "\(port)"],
            scratch: scratch, environment: quiet.merging(environment) { _, ours in ours })
        let (port, health) = (port, kind.health)
        try program.waitUntilReady(within: 90) { (try? HTTPClient.once(port: port, "GET", health).status) == 200 }
    }

    func stop() { program.stop() }
}

/// Postern, serving from the framework's file as it is.
final class FrameworkPostern {
    let port: UInt16
    let adminPort: UInt16
    private let program: RunningProgram

    init(
        _ file: String, environment: [String: String], scratch: ScratchFolder, arguments: [String] = []
    ) throws {
        port = try TCPListener.freePort()
        adminPort = try TCPListener.freePort()
        let addresses = ["--listen", "127.0.0.1:\(port)", "--admin", "127.0.0.1:\(adminPort)"]
        program = try RunningProgram(
            .postern, arguments: ["serve", "--config", file] + addresses + arguments, scratch: scratch,
            environment: environment)
        let admin = adminPort
        try program.waitUntilReady { (try? HTTPClient.once(port: admin, "GET", "/readyz").status) == 200 }
    }
}
