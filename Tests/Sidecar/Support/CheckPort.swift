import Bytes
import Configuration
import Domain
import Limits
import Logging
import NIOCore
import NIOEmbedded
import Telemetry

@testable import Sidecar

/// One connection to a worker without a socket: text in, text out.
final class CheckPort {
    let channel: EmbeddedChannel
    let worker: Worker
    /// Asks whoever is compiled in; nil asks nobody.
    private let services: ProviderServices?

    init(
        _ yaml: String = CheckPort.demo, dialect: Dialect? = nil,
        peer: ClientAddress = ClientAddress(ipv4: 0x7F00_0001),
        isSurplus: Bool = false, hasSlowStore: Bool = false, environment: [String: String] = [:],
        authenticators: [any Authenticator] = [], audit: AuditLog? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        var registry = AuthenticatorRegistry()
        for authenticator in authenticators { registry.register(authenticator) }
        services = authenticators.isEmpty ? nil : ProviderServices(registry: registry)
        let snapshot = try CheckPort.snapshot(yaml, environment, registry.names)
        channel = EmbeddedChannel()
        let (store, loop) = (MemoryStore(capacity: 1_000), channel.embeddedEventLoop)
        // The slow store answers when the loop is next run, as Redis would.
        let slow = RemoteMemory(store: Handover(store), home: loop, here: loop)
        worker = Worker(
            eventLoop: loop, gate: try Gate(snapshot, services: services),
            store: hasSlowStore ? .remote(slow) : .memory(store), audit: audit, logger: logger)
        try open(dialect, peer, isSurplus)
    }

    private init(beside other: CheckPort) throws {
        services = nil
        channel = EmbeddedChannel(loop: other.channel.embeddedEventLoop)
        worker = other.worker
        try open(nil, ClientAddress(ipv4: 0x7F00_0001), false)
    }

    /// One more connection to the same worker.
    @discardableResult
    func connectAnother() throws -> CheckPort { try CheckPort(beside: self) }

    /// What a reload would bring.
    func install(_ yaml: String) throws {
        let snapshot = try CheckPort.snapshot(yaml, [:], services?.registry.names ?? [])
        worker.install(try Gate(snapshot, services: services))
    }

    deinit { services?.close() }

    private func open(_ dialect: Dialect?, _ peer: ClientAddress, _ isSurplus: Bool) throws {
        let settings = worker.gate.snapshot.settings
        var listener = settings.listeners[0]
        listener.dialect = dialect
        let connection = CheckConnection(
            worker: worker, listener: ListenerTerms(listener, bounds: settings.bounds), peer: peer,
            isSurplus: isSurplus)
        try channel.pipeline.syncOperations.addHandler(CheckHandler(connection))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    static func snapshot(
        _ yaml: String, _ environment: [String: String] = [:], _ authenticators: [String] = []
    ) throws -> Snapshot {
        let loaded = SettingsLoader.load(
            text: [UInt8](yaml.utf8), name: "test.yaml", environment: environment, authenticators: authenticators)
        guard let settings = loaded.settings else { throw loaded.problems[0] }
        let compiled = SnapshotCompiler.compile(settings, file: "test.yaml")
        guard let snapshot = compiled.snapshot else { throw compiled.problems[0] }
        return snapshot
    }

    /// Sends bytes and returns whatever is answered to them.
    func send(_ text: String) throws -> String {
        if channel.isActive { try channel.writeInbound(ByteBuffer(string: text)) }
        return try received()
    }

    /// What is answered once the loop has run what waits on it.
    func settled() throws -> Answer {
        channel.embeddedEventLoop.run()
        return Answer(try received())
    }

    func received() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// A whole request with the given header lines, and its parsed answer.
    func ask(_ line: String, _ headers: [String] = [], body: String = "") throws -> Answer {
        let lines = ["\(line) HTTP/1.1", "Host: agent.example"] + headers
        return Answer(try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body))
    }

    static let key = "X-API-Key: user-key-0123456789"
    static let adminKey = "X-API-Key: admin-key-0123456789"

    static let demo = """
        trusted_proxies: [loopback]
        auth:
          mode: api_key
          public_paths: [/health]
          api_keys:
            keys:
              - {id: u1, key: user-key-0123456789, roles: [user], tenant: acme, scopes: [agent:invoke]}
              - {id: a1, key: admin-key-0123456789, roles: [admin], scopes: ["*"], email: "a%b,c@example.com"}
          roles:
            - {name: admin, permissions: [invoke, deploy]}
            - {name: user, permissions: [invoke]}
          rate_limits: {admin: 1000/hour, user: 3/hour}
        routes:
          - {path: /invoke, permissions: [invoke]}
          - {path: "/admin/**", permissions: [deploy]}
          - {path: /scoped, scopes: [agent:secret]}
          - {path: /dear, cost: 4}
        limits:
          - {name: shadow, per: subject, rate: 1/hour, enforce: false}
          - {name: address, per: address, rate: 100/hour}
        """
}

/// An answer taken apart.
struct Answer {
    var text: String
    var status: Int
    var body: String
    private var fields: [(name: String, value: String)]

    init(_ text: String) {
        self.text = text
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = (parts.first ?? "").split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        body = parts.count > 1 ? String(parts[1]) : ""
        fields = lines.dropFirst().map { line in
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (pair[0].lowercased(), pair[1].trimmingPrefix(while: { $0 == " " }).description)
        }
    }

    subscript(_ name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

    func count(_ name: String) -> Int { fields.count { $0.name == name.lowercased() } }

    /// The items of a comma-separated header.
    func list(_ name: String) -> [String] {
        (self[name] ?? "").split(separator: ",").map { $0.trimmingPrefix(" ").description }
    }
}
