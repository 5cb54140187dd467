public import Credentials

/// A secret reference as a file holds it.
public struct SecretUse: Sendable, Hashable {
    public var request: SecretRequest
    public var position: SourcePosition

    public init(request: SecretRequest, position: SourcePosition) {
        self.request = request
        self.position = position
    }

    /// `vault`, `aws`, …: all of it that may be told.
    public var storeName: String { request.store.scheme.rawValue }
}

/// What is known of the secrets a file refers to. Reading a file asks nobody: what is not here is wanted, and the file
/// is read again once it is.
public struct SecretValues: Sendable {
    public var known: [SecretRequest: Result<Secret, SecretFault>]

    public init(_ known: [SecretRequest: Result<Secret, SecretFault>] = [:]) { self.known = known }
}

/// The references of one file, collected while it is read.
public struct SecretUses: Sendable {
    /// A file of so many distinct references is none that anybody wrote.
    static let max = 1_024

    /// `secrets`, as far as it could be read.
    public var settings = SecretSettings()
    /// Every reference, once, where it stands first.
    public var all: [SecretUse] = []
    /// Those of `all` that are not known.
    public var wanted: [SecretUse] = []
    /// Where the references stand that are not known, each of them.
    public var wantedPlaces: Set<SourcePosition> = []
    /// The paths behind `file:`, each once.
    public var files: [String] = []

    public init() {}

    /// The stores that have been read, from the file or from variables.
    var readStores: Set<SecretReference.Scheme> = []
    /// Those of them with a fault, which has been told once.
    var faultyStores: Set<SecretReference.Scheme> = []
    private var seen: Set<SecretRequest> = []

    mutating func note(_ use: SecretUse, isKnown: Bool) {
        if !isKnown { wantedPlaces.insert(use.position) }
        guard seen.insert(use.request).inserted else { return }
        all.append(use)
        if !isKnown { wanted.append(use) }
    }

    mutating func note(file path: String) {
        if files.count < Self.max, !files.contains(path) { files.append(path) }
    }

    var isFull: Bool { all.count >= Self.max }
}
