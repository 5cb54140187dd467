/// A configuration whose only key is behind a reference.
enum SecretFile {
    static let serviceAccountToken = "header.service-account.signature"

    /// - Parameter stores: the lines of `secrets`, indented by two.
    static func text(_ reference: String, _ stores: String, refresh: Int = 1) -> String {
        """
        auth:
          mode: api_key
          api_keys:
            keys:
              - {id: one, key: "\(reference)"}
        routes: [{path: /a}]
        secrets:
          refresh_seconds: \(refresh)
          deadline_seconds: 2
        \(stores)
        """
    }

    static func status(_ key: String, at postern: Postern) throws -> Int {
        try HTTPClient.once(port: postern.port, "GET", "/envoy/a", [("X-API-Key", key)]).status
    }

    /// Whether `key` is taken, and `other` is not, before long.
    static func takes(_ key: String, not other: String, at postern: Postern) throws -> Bool {
        try eventually(within: 8) { try status(key, at: postern) == 200 && status(other, at: postern) == 401 }
    }
}
