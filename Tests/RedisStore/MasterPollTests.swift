import Testing

@testable import RedisStore

struct MasterPollTests {
    private let old = RedisEndpoint.tcp(host: "10.0.0.1", port: 6_379)
    private let new = RedisEndpoint.tcp(host: "10.0.0.2", port: 6_379)

    @Test func moreThanHalfAreBelievedAtOnce() {
        var poll = MasterPoll(sentinels: 3)
        poll.receive(old, from: 2)
        #expect(poll.agreed == nil)
        poll.receive(old, from: 0)
        #expect(poll.agreed == old)
        #expect(!poll.isComplete)
    }

    /// One Sentinel that is behind the others moves nobody.
    @Test func oneIsNotBelievedAgainstTheOthersSilence() {
        var poll = MasterPoll(sentinels: 3)
        poll.receive(old, from: 0)
        #expect(poll.agreed == nil)
        #expect(poll.best == old)
        poll.receive(new, from: 1)
        poll.receive(new, from: 2)
        #expect(poll.agreed == new)
        #expect(poll.best == new)
    }

    @Test func whoCannotSayCountsAsHavingAnswered() {
        var poll = MasterPoll(sentinels: 2)
        poll.receive(nil, from: 0)
        poll.receive(new, from: 1)
        #expect(poll.isComplete)
        #expect(poll.agreed == nil)
        #expect(poll.best == new)
        var silent = MasterPoll(sentinels: 1)
        silent.receive(nil, from: 0)
        #expect(silent.best == nil)
    }
}
