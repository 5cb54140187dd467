/// What a round of questions to all Sentinels comes to. A value: answers in, a verdict out.
///
/// One Sentinel alone may be behind the others or cut off from them, so what more than half name is believed at once,
/// and what fewer name only when no more answers will come.
struct MasterPoll {
    private enum Answer: Equatable {
        case awaited
        /// It cannot be asked, or does not know the master.
        case none
        case master(RedisEndpoint)
    }

    private var answers: [Answer]

    init(sentinels: Int) { answers = Array(repeating: .awaited, count: sentinels) }

    /// - Parameter master: nil if this Sentinel cannot say.
    mutating func receive(_ master: RedisEndpoint?, from sentinel: Int) {
        answers[sentinel] = master.map { .master($0) } ?? .none
    }

    /// Whether all have answered.
    var isComplete: Bool { !answers.contains(.awaited) }

    /// What more than half of all Sentinels name.
    var agreed: RedisEndpoint? {
        guard let favourite, favourite.votes * 2 > answers.count else { return nil }
        return favourite.master
    }

    /// What most of those name that have answered; of several the first in the configuration's order.
    var best: RedisEndpoint? { favourite?.master }

    private var favourite: (master: RedisEndpoint, votes: Int)? {
        var favourite: (master: RedisEndpoint, votes: Int)?
        for case .master(let master) in answers {
            let votes = answers.count { $0 == .master(master) }
            if votes > favourite?.votes ?? 0 { favourite = (master, votes) }
        }
        return favourite
    }
}
