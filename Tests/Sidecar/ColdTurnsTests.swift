import Testing

@testable import Sidecar

@Suite struct ColdTurnsTests {
    /// In the order they came, those that come meanwhile included, and none twice.
    @Test func eachHasItsTurnInTheOrderOfComing() {
        var turns = ColdTurns(areTaken: true)
        let owners = (0..<100).map { _ in Bystander() }
        var taken: [ObjectIdentifier] = []
        for index in 0..<100 {
            turns.append(owners[index])
            if index % 3 == 2 { taken.append(ObjectIdentifier(turns.next())) }
        }
        while !turns.isEmpty { taken.append(ObjectIdentifier(turns.next())) }
        #expect(taken == owners.map(ObjectIdentifier.init))
    }

    @Test func whoHadHisTurnIsLetGoOf() {
        var turns = ColdTurns(areTaken: true)
        weak var owner: Bystander?
        do {
            let strong = Bystander()
            owner = strong
            turns.append(strong)
            _ = turns.next()
        }
        #expect(owner == nil)
    }
}
