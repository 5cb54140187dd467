import Bytes
import Domain
import Limits
import Testing

@Suite struct TicketTests {
    private func ticket(_ holdings: Int) -> Ticket {
        Ticket(
            id: Digest128(high: 0x0123_4567_89AB_CDEF, low: .max),
            holdings: (0..<holdings).map {
                BucketKey(owner: Digest128(high: UInt64($0), low: 1 << 63), limit: .max - UInt64($0))
            })
    }

    private func read(_ text: String) -> Ticket? { Ticket(text: [UInt8](text.utf8).span) }

    @Test(arguments: 1...Spend.ownChargesMax)
    func comesBackAsItWent(_ holdings: Int) throws {
        let ticket = ticket(holdings)
        #expect(read(ticket.text) == ticket)
        #expect(ticket.text.utf8.allSatisfy { ASCII.isDigit($0) || $0 | 0x20 >= 0x61 || $0 == 0x2D || $0 == 0x5F })
    }

    @Test func theLongestIsAsLongAsPublished() {
        #expect(ticket(Spend.ownChargesMax).text.utf8.count == 535)
    }

    @Test func isRefusedWhereItIsNoTicket() {
        let text = ticket(2).text
        #expect(read("") == nil)
        #expect(read(String(text.dropLast())) == nil)
        #expect(read(text + "A") == nil)
        #expect(read("Ag" + text.dropFirst(2)) == nil, "another version")
        #expect(read(text.replacing("_", with: "/")) == nil)
        #expect(read(ticket(0).text) == nil)
        #expect(read(ticket(Spend.ownChargesMax + 1).text) == nil)
    }
}
