/// A time zone's offsets from UTC, past and to come.
public struct TimeZoneRules: Sendable, Equatable {
    /// As the configuration names it.
    public let name: String

    public static let utc = TimeZoneRules(name: "UTC")

    init(name: String) { self.name = name }
}
