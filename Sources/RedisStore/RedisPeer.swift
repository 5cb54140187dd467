/// Whoever talks to a server over a `RedisConnection`: what its replies mean is known here. A base class and not a
/// protocol, because every reply passes here.
class RedisPeer {
    /// One reply, in the order of what was asked. It is in `reply` until this returns.
    func received(_ reply: ReplyReader, on connection: RedisConnection) {}

    /// The connection is of no more use. Whoever overrides this gives it up.
    func lost(_ connection: RedisConnection, _ reason: RedisFailure) { connection.abandon() }
}
