import Testing

/// The oracle itself: an oracle that cannot fail proves nothing.
@Suite struct WindowOracleTests {
    private func answer(_ sent: Double, _ received: Double) -> Load.Answer {
        Load.Answer(request: 0, status: 200, sent: sent, received: received)
    }

    @Test func findsTheBurstAndNoMore() {
        // Ten at once, then one every 0.1 s: a bucket of 10 at 10/s, used to the last token.
        let burst = (0..<10).map { _ in answer(0, 0.001) }
        let steady = (1...50).map { answer(Double($0) * 0.1, Double($0) * 0.1 + 0.001) }
        let worst = WindowOracle.worst(burst + steady, rate: 10)
        #expect(worst.excess <= 10 && worst.excess > 9.9)
    }

    @Test func catchesASecondBurst() {
        let both = (0..<20).map { index in answer(index < 10 ? 0 : 3, index < 10 ? 0.001 : 3.001) }
        // Thirty tokens flowed in between, which a bucket of 10 could not keep: no excess at 10/s, one at 1/s.
        #expect(WindowOracle.worst(both, rate: 10).excess < 10)
        let worst = WindowOracle.worst(both, rate: 1)
        #expect(worst.excess > 16 && worst.start == 0 && worst.end == 3.001)
    }

    /// Against every pair of a question and an answer, one by one.
    @Test(arguments: 0..<20)
    func equalsTheSlowSearch(_ seed: Int) {
        var random = SystemRandomNumberGenerator()
        let answers = (0..<60).map { _ in
            let sent = Double.random(in: 0..<4, using: &random)
            return answer(sent, sent + Double.random(in: 0..<0.3, using: &random))
        }
        let rate = Double(seed) * 2
        var slowest = 0.0
        for start in answers.map(\.sent) {
            for end in answers.map(\.received) where end >= start {
                let excess = Double(answers.within(start, end).count) - rate * (end - start)
                slowest = max(slowest, excess)
            }
        }
        #expect(abs(WindowOracle.worst(answers, rate: rate).excess - slowest) < 1e-6)
    }
}
