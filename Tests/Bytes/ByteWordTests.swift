import Bytes
import Testing

/// Every byte in every place, beside each kind of neighbour, against the same question asked of one byte.
@Suite struct ByteWordTests {
    private static func expectMarks(
        _ marks: (ByteWord) -> UInt64, where holds: (UInt8) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for neighbour: UInt8 in [0x00, 0x2D, 0x2E, 0x61, 0x7F, 0x80, 0xAE, 0xFF] {
            for byte in UInt8.min...UInt8.max {
                for place in 0..<8 {
                    var bytes = [UInt8](repeating: neighbour, count: 8)
                    bytes[place] = byte
                    let expected = bytes.indices.reduce(UInt64(0)) { word, index in
                        word | (holds(bytes[index]) ? 0x80 << UInt64(index * 8) : 0)
                    }
                    let found = marks(ByteWord(bytes.span.bytes, at: 0))
                    #expect(found == expected, "\(bytes)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    @Test(arguments: [0x00, 0x2E, 0x7F] as [UInt8])
    func marksWhatIsEqual(_ byte: UInt8) {
        Self.expectMarks({ $0.marks(equalTo: byte) }, where: { $0 == byte })
    }

    @Test(arguments: [0x00...0x00, 0x30...0x39, 0x61...0x7A, 0x00...0x7F, 0x7F...0x7F] as [ClosedRange<UInt8>])
    func marksWhatIsInARange(_ range: ClosedRange<UInt8>) {
        Self.expectMarks({ $0.marks(in: range) }, where: range.contains)
    }

    @Test func lowersLettersAndMakesNone() {
        Self.expectMarks({ $0.loweringLetters.marks(in: 0x61...0x7A) }, where: ASCII.isLetter)
    }

    @Test func findsTheFirstByteWhereverItIs() {
        for count in 0..<40 {
            for place in 0..<count {
                var bytes = [UInt8](repeating: 0xAC, count: count)
                #expect(bytes.span.firstIndex(of: 0x2C) == nil)
                bytes[place] = 0x2C
                bytes[count - 1] = 0x2C
                #expect(bytes.span.firstIndex(of: 0x2C) == place)
                #expect(bytes.span.firstIndex(of: 0x2C, from: place + 1) == (place == count - 1 ? nil : count - 1))
            }
        }
    }
}
