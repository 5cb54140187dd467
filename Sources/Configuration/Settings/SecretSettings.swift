public import Credentials

/// `secrets`: where secret references lead, and how often they are looked at again.
public struct SecretSettings: Sendable, Equatable {
    public static let refreshSecondsDefault = 300
    public static let deadlineSecondsDefault = 10

    /// Between two looks at every secret; a little disorder is added.
    public var refreshSeconds = refreshSecondsDefault
    /// For all of them together, at start.
    public var deadlineSeconds = deadlineSecondsDefault
    /// Nil for the stores that no reference could be led to.
    public var vault: VaultStore?
    /// Without its region where only ARNs say one.
    public var aws: AmazonStore?
    public var gcp: GoogleStore?
    public var azure: AzureStore?

    public init() {}
}
