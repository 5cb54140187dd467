import Foundation

/// Publishes a key set and counts how often it is asked for it. It may be told to hang or to fail.
final class KeyServer: Sendable {
    enum Mood: Sendable { case answering, hanging, failing }

    private struct State {
        var requests = 0
        var mood = Mood.answering
        var body: [UInt8]
    }

    private let state: Shared<State>
    private let listener: TCPListener

    init(_ keys: [UInt8]) throws {
        let state = Shared(State(body: keys))
        self.state = state
        listener = try TCPListener { connection in try? KeyServer.serve(connection, state) }
    }

    var url: String { "http://127.0.0.1:\(listener.port)/keys" }
    /// Requests so far, whatever became of them.
    var requests: Int { state.current.requests }

    func become(_ mood: Mood) { state.update { $0.mood = mood } }

    private static func serve(_ connection: TCPConnection, _ state: Shared<State>) throws {
        let reader = HTTPReader(connection)
        while try reader.head() != nil {
            state.update { $0.requests += 1 }
            let (mood, body) = (state.current.mood, state.current.body)
            switch mood {
            case .hanging:
                // Until whoever asked gives up.
                while try !connection.receive().isEmpty {}
                return
            case .failing:
                try connection.send(Array("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".utf8))
            case .answering:
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
                try connection.send(Array(head.utf8) + body)
            }
        }
    }
}
