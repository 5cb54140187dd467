/// Makes chunked bodies, most of them whole and a third of them damaged.
enum HTTPBodyGenerator {
    /// One body, the same for the same seed.
    static func body(seed: UInt64) -> [UInt8] {
        var random = HTTPRandom(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<random.below(4) {
            let count = 1 + random.below(40)
            size(count, &bytes, &random)
            for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            bytes += Parts.lineEnd
        }
        size(0, &bytes, &random)
        for _ in 0..<max(0, random.below(5) - 2) {
            if random.happens(percent: 20) {
                let (name, values) = random.pick(Parts.framing)
                bytes += name + [0x3A, 0x20] + random.pick(values) + Parts.lineEnd
            } else {
                bytes += random.pick(Parts.names) + [0x3A, 0x20] + random.pick(Parts.hosts) + Parts.lineEnd
            }
        }
        bytes += Parts.lineEnd
        if random.happens(percent: 35) { damage(&bytes, &random) }
        return bytes
    }

    private static func size(_ count: Int, _ bytes: inout [UInt8], _ random: inout HTTPRandom) {
        let zeros = String(repeating: "0", count: random.happens(percent: 10) ? random.below(4) : 0)
        bytes += (zeros + String(count, radix: 16, uppercase: random.happens(percent: 50))).utf8
        if random.happens(percent: 20) { bytes += random.pick(extensions).utf8 }
        bytes += Parts.lineEnd
    }

    private static let extensions = [
        ";a", ";a=b", ";a=b;c", ";a=\"b c\"", ";a=\"b\\\"c\";d", ";chunk-signature=0123abcd", ";!#$%=~", ";a=\"\"",
        ";a=", ";", ";;", " ;a", ";a =b", ";a=\"b",
    ]

    private static func damage(_ bytes: inout [UInt8], _ random: inout HTTPRandom) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = random.pick(Parts.edges)
        case 1: bytes.insert(random.pick(Parts.edges), at: place)
        case 2: bytes.remove(at: place)
        default: bytes.insert(contentsOf: random.pick(Parts.splinters), at: place)
        }
    }
}
