/// A set of permissions or scopes, as bit positions in the tables the policy was compiled with.
///
/// Only words that some route asks for have a position: 256 of each is the bound, and configuration refuses more.
public struct GrantSet: Hashable, Sendable {
    public static let capacity = 256

    public var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    public init() {}

    public static let everything: GrantSet = {
        var set = GrantSet()
        set.words = (.max, .max, .max, .max)
        return set
    }()

    public mutating func insert(_ position: Int) {
        precondition(position >= 0 && position < GrantSet.capacity, "a grant's position is below the capacity")
        let bit = UInt64(1) << UInt64(position & 63)
        switch position >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// Whether everything in `required` is in here.
    @inlinable
    public func contains(_ required: GrantSet) -> Bool {
        let missing =
            (required.words.0 & ~words.0) | (required.words.1 & ~words.1) | (required.words.2 & ~words.2)
            | (required.words.3 & ~words.3)
        return missing == 0
    }

    public static func == (left: GrantSet, right: GrantSet) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

/// What a principal may do, compiled against one policy.
public struct Grants: Hashable, Sendable {
    public var permissions = GrantSet()
    public var scopes = GrantSet()

    public init(permissions: GrantSet = GrantSet(), scopes: GrantSet = GrantSet()) {
        self.permissions = permissions
        self.scopes = scopes
    }
}
