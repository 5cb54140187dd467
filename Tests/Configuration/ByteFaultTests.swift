import Configuration
import Testing

/// Files that are not text, and files that are too much of it.
@Suite struct ByteFaultTests {
    private func said(_ bytes: [UInt8]) -> String {
        SettingsLoader.load(text: bytes, name: "f", environment: [:]).said
    }

    @Test func aByteThatIsNotUTF8HasItsPlace() {
        let bytes = Array("auth: {mode: none}\n# é caf".utf8) + [0xE9] + Array("\nworkers: 1\n".utf8)
        #expect(said(bytes) == "2:8: a byte that is not UTF-8; save the file as UTF-8")
    }

    @Test(arguments: [0x00, 0x07, 0x1B, 0x7F] as [UInt8]) func aControlByteHasItsPlace(_ byte: UInt8) {
        let bytes = Array("auth: {mode: none}\nworkers: ".utf8) + [byte]
        #expect(said(bytes) == "2:10: a control character; the file is not text")
    }

    @Test func utf16IsTold() {
        #expect(said([0xFF, 0xFE, 0x61, 0x00]) == "1:1: the file is UTF-16; save it as UTF-8")
    }

    @Test func aByteOrderMarkIsSkipped() {
        #expect(said([0xEF, 0xBB, 0xBF] + Array("auth: {mode: none}\n".utf8)) == "")
    }

    /// libyaml refuses some of Unicode of its own accord, and names no place for it.
    @Test func aCharacterThatYAMLForbidsHasItsPlace() {
        let text = said(Array("auth: {mode: none}\nlog: {level: \u{FFFE}}\n".utf8))
        #expect(text == "2:14: not YAML: control characters are not allowed")
    }

    @Test func aFileTooLargeIsNotParsed() {
        #expect(said([UInt8](repeating: 0x23, count: (16 << 20) + 1)) == "the file is larger than 16777216 bytes")
    }

    @Test(arguments: ["[", "{a: ", "- "]) func nestingHasABound(_ opening: String) {
        #expect(said(Array(String(repeating: opening, count: 100_000).utf8)).contains("deeper than 32 levels"))
    }

    @Test func tooManyValuesAreRefused() {
        let bytes = Array("auth: [".utf8) + Array(String(repeating: "a,", count: 2_100_000).utf8)
        #expect(said(bytes).contains("more than 2000000 values"))
    }

    /// As many as a check can spend from in one script call, its role's included.
    @Test func tooManyLimitsAreRefused() {
        let limits = (0..<32).map { "  - {name: l\($0), per: global, rate: 1/s}\n" }.joined()
        #expect(
            said(Array("auth: {mode: none}\nlimits:\n\(limits)".utf8)) == "34:5: `limits` holds more than 31 entries")
    }

    @Test func tooManyPermissionsAreRefused() {
        let words = (0..<257).map { "p\($0)" }
        let roles = words.map { "    - {name: r\($0), permissions: [\($0)]}\n" }.joined()
        let routes = words.map { "  - {path: /\($0), permissions: [\($0)]}\n" }.joined()
        let text = said(Array("auth:\n  mode: none\n  roles:\n\(roles)routes:\n\(routes)".utf8))
        #expect(text == "518:5: routes ask for more than 256 different permissions")
    }

    @Test func aHundredThousandKeysLoad() throws {
        let keys = (0..<100_000).map { "      - {id: k\($0), sha256: \(digest($0)), roles: [user]}\n" }.joined()
        let yaml = "auth:\n  roles: [{name: user}]\n  api_keys:\n    keys:\n\(keys)"
        #expect(try load(yaml).auth.apiKeys.keys.count == 100_000)
    }

    private func digest(_ number: Int) -> String {
        String(0x1000_0000 + number, radix: 16) + String(repeating: "0", count: 56)
    }
}
