import Bytes
import Domain
import HTTPWire
import Limits
import Testing

@testable import Sidecar

/// What of a ticket an operation is about, and what is refused before any store is asked.
@Suite struct TicketRequestTests {
    private static let quota = try! CompiledQuota(Quota(tokens: 10, period: 1_000_000, burst: 10), maxCost: 100)
    private static let settlement = SettlementTerms(estimate: 1, expiresMicros: 1_000_000, debtMax: 10)
    static let table = LimitTable([
        Limit(name: "plain", kind: .subject, quota: quota, enforced: true),
        Limit(name: "tokens", kind: .subject, quota: quota, enforced: true, settlement: settlement),
        Limit(
            name: "calls", kind: .subject, quota: quota, enforced: true,
            counting: .slots(SlotTerms(leaseMicros: 1_000_000))),
        Limit(name: "money", kind: .tenant, quota: quota, enforced: true, settlement: settlement),
    ])

    static func ticket(_ names: String...) -> Ticket {
        Ticket(
            id: Digest128(high: 1, low: 2),
            holdings: names.map {
                BucketKey(owner: Digest128(high: 3, low: 4), limit: Limit.key(of: $0))
            })
    }

    private func read(_ operation: TicketOperation, _ rest: String, _ ticket: Ticket) throws -> TicketRequest {
        try TicketRequest(
            operation, [UInt8](#"{"ticket":"\#(ticket.text)"\#(rest)}"#.utf8).span, under: Self.table, costMax: 100)
    }

    private func fault(_ operation: TicketOperation, _ rest: String, _ ticket: Ticket) -> TicketRequest.Fault? {
        do { _ = try read(operation, rest, ticket) } catch { return error as? TicketRequest.Fault }
        return nil
    }

    @Test func takesOfATicketWhatTheOperationIsAbout() throws {
        let ticket = Self.ticket("tokens", "calls", "gone", "money")
        #expect(try read(.release, "", ticket).limits == [2])
        #expect(try read(.renew, "", ticket).ticket == Self.ticket("calls"))
        let settle = try read(.settle, #","cost":7"#, ticket)
        #expect(settle.ticket == Self.ticket("tokens", "money"))
        #expect(settle.limits == [1, 3] && settle.costs == [7, 7])
        #expect(try read(.settle, #","costs":{"money":100}"#, ticket).costs == [nil, 100])
        #expect(try read(.settle, #","cost":0,"more":[1]"#, ticket).costs == [0, 0])
        #expect(try read(.release, "", Self.ticket("tokens")).limits.isEmpty)
    }

    @Test(arguments: [
        "", #","cost":-1"#, #","cost":1.0"#, #","cost":1e1"#, #","cost":101"#, #","cost":"1""#, #","cost":null"#,
        #","costs":{}"#, #","costs":[1]"#, #","costs":{"calls":1}"#, #","costs":{"plain":1}"#,
        #","costs":{"nobody":1}"#,
        #","costs":{"tokens":-1}"#, #","cost":1,"costs":{"tokens":1}"#, #","costs":{"tokens":1,"tokens":1}"#,
    ])
    func refusesACostThatIsNone(_ rest: String) {
        #expect(fault(.settle, rest, Self.ticket("tokens", "calls")) == .malformed)
    }

    @Test func refusesWhatIsNoTicketAndWhatHoldsNothingOfTheKind() {
        #expect(fault(.renew, "", Self.ticket("tokens")) == .malformed)
        #expect(fault(.settle, #","cost":1"#, Self.ticket("calls")) == .malformed)
        for operation in TicketOperation.allCases {
            #expect(fault(operation, #","cost":1"#, Self.ticket("gone")) == .unknownLimit)
            for text in ["{}", "", "[]", #"{"ticket":7}"#, #"{"ticket":"AQ"}"#, #"{"ticket":""}"#] {
                #expect(throws: TicketRequest.Fault.self) {
                    try TicketRequest(operation, [UInt8](text.utf8).span, under: Self.table, costMax: 100)
                }
            }
        }
    }

    private func outcome(_ answer: StoreAnswer) throws -> TicketOutcome {
        let request = try read(.settle, #","cost":7"#, Self.ticket("tokens", "money"))
        return TicketOutcome(answer, to: request, under: Self.table)
    }

    @Test func oneConflictMakesAConflictAndOneExpiryAnExpiry() throws {
        let done = Settlement.done(refund: 1, overdrawn: 0)
        #expect(try outcome(.settled([done, done])).status == .ok)
        #expect(try outcome(.settled([done, .conflict])).status == .conflict)
        #expect(try outcome(.settled([.expired, .conflict])).status == .conflict)
        #expect(try outcome(.settled([done, .expired])).status == .gone)
        #expect(try outcome(.settled([nil, done])).status == .ok)
        #expect(try outcome(.settled([nil, nil])).status == .gone)
        #expect(try outcome(.unavailable).status == .serviceUnavailable)
        #expect(try outcome(.unknownLimit).status == .gone)
        #expect(try outcome(.reset(true)).status == .serviceUnavailable, "no answer to what was asked")
    }

    @Test func aRenewalOfSomeIsAnExpiry() throws {
        let request = try read(.renew, "", Self.ticket("calls"))
        #expect(TicketOutcome(.renewed(1), to: request, under: Self.table) == .renewed(1))
        #expect(TicketOutcome(.renewed(0), to: request, under: Self.table) == .expired(kept: 0, []))
    }
}
