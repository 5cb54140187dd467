import Configuration
import Testing

/// Whatever a file holds: no crash, and settings or an error, never both, never neither.
@Suite struct MutationTests {
    /// SplitMix64, so that a failing seed can be run again.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    private static let pieces: [[UInt8]] =
        [
            ":", ": ", "-", "- ", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!", "|", ">", "'", "\"", "%", "@", "`",
            "?",
            "\n", "\n  ", "\t", "\r", "<<", "${", "}", "${A}", "${A:-b}", "null", "~", "---\n", "...\n", "0", "-1",
            "1e9",
            "99999999999999999999", "é", "\u{FEFF}", "\u{2028}", "\u{1F600}", "/", "**", "unix:", "file:/", "tcp://",
            "\0",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]]

    @Test(arguments: 0..<6) func everyMutantIsAnswered(_ part: UInt64) {
        let good = Array([SettingsLoaderTests.full, CredentialExample.yaml, LimitExample.yaml][Int(part % 3)].utf8)
        var accepted = 0
        for seed in 0..<5_000 as Range<UInt64> {
            var random = Random(state: part << 32 | seed)
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, &random) }
            let loaded = SettingsLoader.load(text: bytes, name: "f", environment: Environment.usual)
            let isRefused = loaded.problems.contains { $0.severity == .error }
            #expect((loaded.settings == nil) == isRefused, "part \(part), seed \(seed)")
            if loaded.settings != nil { accepted += 1 }
        }
        // Both outcomes occur, or the mutations would prove nothing.
        #expect((50..<4_900).contains(accepted))
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, index + Int.random(in: 1...24, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(index..<end)
        case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: index)
        case 3: bytes.insert(contentsOf: Array(bytes[index..<end]), at: Int.random(in: 0...bytes.count, using: &random))
        case 4: bytes.replaceSubrange(index..<end, with: pieces.randomElement(using: &random)!)
        default:
            let other = Int.random(in: 0..<bytes.count, using: &random)
            bytes.swapAt(index, other)
        }
    }
}
