public import Bytes
public import Domain

/// What an admitted check holds beyond its moment, slots and reservations, under one id that nobody can guess
/// (limits.md 28-30). Its text goes out in a header, and whoever brings it back may release, renew or settle.
///
/// It names buckets by digest only. Changing those gains nothing: under another bucket the id is unknown.
public struct Ticket: Equatable, Sendable {
    public var id: Digest128
    /// At most `Spend.ownChargesMax`, in the order of the check's charges.
    public var holdings: [BucketKey]

    public init(id: Digest128, holdings: [BucketKey]) {
        self.id = id
        self.holdings = holdings
    }
}
