import Bytes
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [("0", 0), ("7", 7), ("007", 7), ("9223372036854775807", Int64.max)])
    func reads(_ text: String, _ value: Int64) {
        let parsed = Decimal.parse([UInt8](text.utf8).span)
        #expect(parsed == value)
    }

    @Test(arguments: ["", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "99999999999999999999", "١"])
    func refuses(_ text: String) {
        let parsed = Decimal.parse([UInt8](text.utf8).span)
        #expect(parsed == nil)
    }
}
