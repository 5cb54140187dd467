import HTTPWire
import Testing

/// The eight-at-a-time scans against the same question asked of one byte.
struct OctetsTests {
    private func isValue(_ byte: UInt8) -> Bool { byte == 9 || byte >= 0x20 && byte != 0x7F }
    private func isBeforeColon(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7F && byte != 0x3A }
    private func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// Every byte at every place of a word, among bytes that let a scan pass and bytes that could be mistaken for it.
    @Test(arguments: [0x21, 0x7E, 0x39, 0x3B, 0x40] as [UInt8])
    func everyByteEverywhere(_ filler: UInt8) {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<20 {
                var bytes = [UInt8](repeating: filler, count: 20)
                bytes[place] = byte
                check(bytes)
            }
        }
    }

    /// Pairs of bytes next to each other: a borrow out of the lower must never mark the higher first.
    @Test
    func everyPair() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                check([0x61, 0x61, first, second, 0x61, 0x61, 0x61, 0x61, 0x61])
            }
        }
    }

    @Test
    func startsAndEndsAreKept() {
        let bytes = [UInt8](repeating: 0x61, count: 20) + [0x0D]
        for start in 0...20 {
            for end in start...20 {
                #expect(Octets.endOfValue(bytes.span, from: start, to: end) == end)
                #expect(Octets.endOfName(bytes.span, from: start, to: end) == end)
                #expect(Octets.endOfTarget(bytes.span, from: start, to: end) == end)
            }
        }
    }

    @Test
    func tokensAndHosts() {
        let token = Set("!#$%&'*+-.^_`|~".utf8)
        let host = Set("-._~%:[]!$&'()*+;=".utf8)
        for byte in UInt8.min...UInt8.max {
            let isWord = UnicodeScalar(byte).properties.isASCIIHexDigit || byte & 0xDF &- 0x41 < 26
            #expect(Octets.isToken(byte) == (byte < 0x80 && isWord || token.contains(byte)))
            #expect(Octets.isHost(byte) == (byte < 0x80 && isWord || host.contains(byte)))
        }
    }

    private func check(_ bytes: [UInt8]) {
        let count = bytes.count
        let value = bytes.firstIndex { !isValue($0) } ?? count
        let name = bytes.firstIndex { !isBeforeColon($0) } ?? count
        let target = bytes.firstIndex { !isTarget($0) } ?? count
        let found =
            Octets.endOfValue(bytes.span, from: 0, to: count) == value
            && Octets.endOfName(bytes.span, from: 0, to: count) == name
            && Octets.endOfTarget(bytes.span, from: 0, to: count) == target
        if !found { Issue.record("\(bytes)") }
    }
}
