import Foundation

/// Many connections that ask at once.
enum Crowd {
    /// Sends every check before the first answer is read; answers in the same order, nil where none came.
    static func ask(_ clients: [HTTPClient], _ send: (HTTPClient, Int) throws -> Void) throws -> [HTTPAnswer?] {
        for (number, client) in clients.enumerated() { try send(client, number) }
        return clients.map { try? $0.answer(to: "GET") }
    }

    static func clients(_ count: Int, port: UInt16) throws -> [HTTPClient] {
        try (0..<count).map { _ in try HTTPClient(port: port, timeoutSeconds: 60) }
    }

    static func bearer(_ token: String) -> [HTTPClient.Header] { [("Authorization", "Bearer \(token)")] }
}
