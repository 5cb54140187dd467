/// A command apart from checks: rare, so that it may own a closure and an allocation.
final class ColdCommand {
    /// Given the reply, which is only there until the closure returns; nil: none came within the deadline, and what
    /// the command did is unknown.
    let completion: (ReplyReader?) -> Void
    /// When it was asked for, on the loop's clock.
    let joined: UInt64

    init(joined: UInt64, completion: @escaping (ReplyReader?) -> Void) {
        self.joined = joined
        self.completion = completion
    }
}
