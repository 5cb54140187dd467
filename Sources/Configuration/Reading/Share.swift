extension SettingsDecoder {
    /// A share from 0 to 1 as millionths, exact: `0`, `1`, `0.01`; at most six decimals, no exponent.
    func millionths(_ section: Section, _ key: String, or fallback: Int) -> Int {
        guard let node = section[key], let text = text(node, key) else { return fallback }
        if let value = Self.millionths(text.value) { return value }
        problems.error(
            node.position, "`\(key)` must be a share from 0 to 1 with at most six decimals, as `0.01`\(text.shown)")
        return fallback
    }

    static func millionths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == "0" || parts[0] == "1" else { return nil }
        let whole = parts[0] == "1" ? 1_000_000 : 0
        guard parts.count == 2 else { return whole }
        guard (1...6).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        var fraction = 0
        for digit in parts[1].utf8 { fraction = fraction * 10 + Int(digit - 0x30) }
        for _ in parts[1].utf8.count..<6 { fraction *= 10 }
        return whole + fraction <= 1_000_000 ? whole + fraction : nil
    }
}
