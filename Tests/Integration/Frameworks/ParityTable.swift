import Foundation

/// A file of `Tables`: a framework's configuration, and requests with what becomes of each.
///
/// A request's `framework` is what the framework answered when it was asked, which is asked again in every run. Where
/// Postern is to answer otherwise `postern` says how, and `row` names the line of docs/frameworks.md that says why.
struct ParityTable: Decodable {
    struct Request: Decodable {
        var name: String
        var method: String?
        var path: String?
        /// Header lines; `{token}` stands for the token.
        var send: [String]?
        var body: String?
        var framework: String
        var postern: String?
        var row: String?
    }

    var kind: String
    /// The file, line by line; `{…}` stands for keys and addresses of this run.
    var text: [String]
    var environment: [String: String]
    var method: String
    var path: String
    var body: String
    var requests: [Request]

    /// With a token's description for each request, and what they have in common.
    static func read(_ name: String) throws -> (table: ParityTable, orders: [Any], defaults: Any) {
        let data = Data(try Repository.text("Tests/Integration/Frameworks/Tables/\(name).json").utf8)
        let table = try JSONDecoder().decode(ParityTable.self, from: data)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        let requests = object["requests"] as? [[String: Any]] ?? []
        return (table, requests.map { $0["token"] ?? [String: Any]() }, object["token"] ?? [String: Any]())
    }

    /// How many requests all tables have together.
    static func count() throws -> Int {
        try Repository.files(below: "Tests/Integration/Frameworks/Tables").map { path in
            let name = path.split(separator: "/").last.map { String($0.dropLast(".json".count)) } ?? ""
            return try read(name).table.requests.count
        }.reduce(0, +)
    }
}

/// One table being run: the framework and Postern side by side.
final class ParityRun {
    let kind: FrameworkKind
    let table: ParityTable
    private let framework: Framework
    private let postern: FrameworkPostern
    private let tokens: [String]

    init(_ name: String) throws {
        scratch = try ScratchFolder()
        let (table, orders, defaults) = try ParityTable.read(name)
        guard let kind = FrameworkKind(rawValue: table.kind) else { throw HarnessFailure("no framework \(table.kind)") }
        self.kind = kind
        self.table = table
        keys = try FrameworkKeys(scratch: scratch)
        let environment = table.environment.mapValues(keys.filled)
        let text = keys.filled(table.text.joined(separator: "\n") + "\n")
        framework = try Framework(kind, text, environment: environment, scratch: scratch)
        postern = try FrameworkPostern(framework.file, environment: environment, scratch: scratch)
        // Last, because some of them are good for seconds only.
        tokens = try keys.tokens(orders, defaults: defaults)
    }

    private let scratch: ScratchFolder
    private let keys: FrameworkKeys

    /// What each of the two answers to a request of the table.
    func outcomes(of index: Int) throws -> (framework: String, postern: String) {
        let request = table.requests[index]
        var headers = try (request.send ?? []).map { line -> HTTPClient.Header in
            guard let colon = line.firstIndex(of: ":") else { throw HarnessFailure("not a header: \(line)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), value.replacingOccurrences(of: "{token}", with: tokens[index]))
        }
        headers.append(("Content-Type", "application/json"))
        let (method, body) = (request.method ?? table.method, Array((request.body ?? table.body).utf8))
        let target = (request.path ?? table.path).replacingOccurrences(of: "{token}", with: tokens[index])
        func ask(_ port: UInt16, _ prefix: String, _ body: [UInt8]) throws -> String {
            kind.outcome(try HTTPClient.once(port: port, method, prefix + target, headers, body: body))
        }
        return (
            framework: try ask(framework.port, "", method == "GET" ? [] : body),
            postern: try ask(postern.port, "/envoy", [])
        )
    }
}
