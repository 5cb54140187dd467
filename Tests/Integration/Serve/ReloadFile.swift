/// A file whose every version can be told from outside, by the route it opens.
enum ReloadFile {
    static let key = "reload-test-key-0001"
    /// A change must be in force this many seconds after it was made.
    static let seconds = 2.0

    /// - Parameter perHour: the subject's limit.
    static func text(opening path: String, perHour: Int = 1_000_000, backend: String = "memory") -> String {
        """
        auth:
          mode: api_key
          api_keys:
            keys:
              - {id: one, key: \(key)}
          rate_limits: {default: \(perHour)/hour}
          rate_limit_backend: \(backend)
        routes:
          - {path: \(path)}
        """
    }

    static func status(of path: String, at port: UInt16) throws -> Int {
        try ask(path, at: port).status
    }

    static func ask(_ path: String, at port: UInt16) throws -> HTTPAnswer {
        try HTTPClient.once(port: port, "GET", "/envoy\(path)", [("X-API-Key", key)])
    }

    /// Whether a new version took over in time: its route is open, and the one before is closed.
    static func opens(_ path: String, closing old: String, at port: UInt16) throws -> Bool {
        try eventually(within: seconds) { try status(of: path, at: port) == 200 && status(of: old, at: port) == 403 }
    }
}
