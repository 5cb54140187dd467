import Bytes
import HTTPWire
import Testing

struct HeaderTokenTests {
    private func token(_ bytes: [UInt8]) -> HeaderToken { HeaderToken(bytes.span) }

    private static let named = HeaderToken.allCases.filter { $0 != .other }

    @Test(arguments: named)
    func everyNameIsFoundInAnyCase(_ expected: HeaderToken) {
        let name = Array("\(expected.name)".utf8)
        #expect(token(name) == expected)
        #expect(token(name.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }) == expected)
        for index in name.indices where name[index] &- 0x61 < 26 {
            var mixed = name
            mixed[index] &= 0xDF
            #expect(token(mixed) == expected)
        }
    }

    /// Every name one byte away from one of ours, in every byte that could stand there, is a stranger.
    @Test(arguments: named)
    func everyNeighbourIsAStranger(_ expected: HeaderToken) {
        let name = Array("\(expected.name)".utf8)
        for index in name.indices {
            for byte in UInt8.min...UInt8.max where ASCII.lowercased(byte) != name[index] {
                var other = name
                other[index] = byte
                #expect(token(other) != expected)
            }
        }
        #expect(token(name + [0x61]) != expected)
        #expect(token(Array(name.dropLast())) != expected)
    }

    @Test
    func strangersAndNothing() {
        #expect(token([]) == .other)
        #expect(token(Array(repeating: 0x61, count: 500)) == .other)
        #expect(token(Array("traceparent".utf8)) == .other)
    }

    @Test
    func tokensFitASet() {
        #expect(HeaderToken.allCases.allSatisfy { $0.rawValue < 64 })
    }
}
