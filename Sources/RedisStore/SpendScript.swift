/// The text of `spend.lua`: one line that reads the clock, and the body (limits.md 11).
enum SpendScript {
    static let text: [UInt8] = PackageResources.spend_lua

    /// The script with another clock, for tests: same body, so what they prove holds for what is shipped.
    static func text(clock line: String) -> [UInt8] {
        let body = text[(text.firstIndex(of: 0x0A) ?? text.count)...]
        return Array(line.utf8) + body
    }
}
