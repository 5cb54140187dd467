import Domain
import Limits
import Testing

@testable import RedisStore

struct HashSlotTests {
    /// The check value of the CRC-16/XMODEM catalogue entry, which the Redis Cluster Specification repeats.
    @Test func theChecksumIsTheOneOfTheSpecification() {
        #expect("123456789".utf8.reduce(0) { HashSlot.step($0, $1) } == 0x31C3)
    }

    @Test(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
    func slotsAreThoseOfRedis() throws {
        let server = try RedisServer(port: try RedisServer.freePort(), "--cluster-enabled", "yes")
        let client = try RedisClient(port: server.port)
        let table = RedisNode.probeTable
        for owner in [0, 1, 2, 0xffff_ffff_ffff_ffff, 0x0123_4567_89ab_cdef] as [UInt64] {
            let key = charge(table, 0, owner: owner).key
            #expect(
                try client("CLUSTER", "KEYSLOT", keyName(table, 0, owner: owner)).integer
                    == Int64(HashSlot.of(key.owner)))
        }
    }
}
