/// Where one server listens.
public enum RedisEndpoint: Hashable, Sendable {
    /// A name or a numeric address.
    case tcp(host: String, port: Int)
    case unix(path: String)
}
