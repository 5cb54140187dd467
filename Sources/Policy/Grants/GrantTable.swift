public import Domain

/// The permissions and scopes that routes ask for, each with a bit position.
///
/// What no route asks for has no position and is dropped from a principal's grants: it could not matter.
public struct GrantTable: Sendable {
    private var permissions: [String: Int] = [:]
    private var scopes: [String: Int] = [:]

    public init() {}

    /// The positions for a route's requirements, made on first use. Nil when a 257th word would be needed.
    public mutating func requirement(permissions names: [String], scopes words: [String]) -> Grants? {
        var grants = Grants()
        for name in names {
            guard let position = GrantTable.position(of: name, in: &permissions) else { return nil }
            grants.permissions.insert(position)
        }
        for word in words {
            guard let position = GrantTable.position(of: word, in: &scopes) else { return nil }
            grants.scopes.insert(position)
        }
        return grants
    }

    /// What a principal holding these words may do. The scope `*` grants every scope; no permission grants another.
    public func grants(permissions names: [String], scopes words: [String]) -> Grants {
        var grants = Grants()
        for name in names {
            if let position = permissions[name] { grants.permissions.insert(position) }
        }
        if words.contains("*") {
            grants.scopes = .everything
        } else {
            for word in words {
                if let position = scopes[word] { grants.scopes.insert(position) }
            }
        }
        return grants
    }

    private static func position(of word: String, in table: inout [String: Int]) -> Int? {
        if let known = table[word] { return known }
        guard table.count < GrantSet.capacity else { return nil }
        table[word] = table.count
        return table.count - 1
    }
}
