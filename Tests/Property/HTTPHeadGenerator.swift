/// Makes request heads: half of them as the grammar has them, half of those with something done to them afterwards.
///
/// The parts lean towards what parsers disagree about: framing, Connection, white space, bytes at the edges of classes.
struct HTTPHeadGenerator {
    private var random: HTTPRandom
    private var bytes: [UInt8] = []

    /// One head, the same for the same seed.
    static func head(seed: UInt64) -> [UInt8] {
        var generator = HTTPHeadGenerator(random: HTTPRandom(seed: seed))
        generator.requestLine()
        if generator.random.happens(percent: 55) { generator.mutate() }
        return generator.bytes
    }

    private init(random: HTTPRandom) {
        self.random = random
        bytes.reserveCapacity(512)
    }

    private mutating func write(_ text: [UInt8]) { bytes += text }

    private mutating func requestLine() {
        if random.happens(percent: 3) { write(Parts.lineEnd) }
        let method = random.happens(percent: 96) ? random.pick(Parts.methods) : token()
        write(method)
        bytes.append(0x20)
        target(isOptions: method == Parts.options)
        let isOld = random.happens(percent: 15)
        write(isOld ? Parts.version10 : Parts.version11)
        fields(isOld: isOld)
        write(Parts.lineEnd)
    }

    private mutating func target(isOptions: Bool) {
        if isOptions, random.happens(percent: 30) { return bytes.append(0x2A) }
        if random.happens(percent: 50) { return write(random.pick(Parts.targets)) }
        bytes.append(0x2F)
        for _ in 0..<random.below(30) { bytes.append(0x21 + UInt8(random.below(0x5E))) }
    }

    private mutating func fields(isOld: Bool) {
        var count = random.below(8)
        let hostPlace = isOld && random.happens(percent: 40) ? -1 : random.below(count + 1)
        var place = 0
        while count >= 0 {
            if place == hostPlace {
                field(Parts.host, random.pick(Parts.hosts))
            } else if random.happens(percent: 30) {
                let (name, values) = random.pick(Parts.framing)
                field(name, random.pick(values))
            } else {
                let name = random.happens(percent: 60) ? random.pick(Parts.names) : token()
                field(name, value())
            }
            place += 1
            count -= 1
        }
    }

    private mutating func field(_ name: [UInt8], _ value: [UInt8]) {
        let flips = random.happens(percent: 30)
        for byte in name {
            let flipped = flips && byte & 0xDF &- 0x41 < 26 && random.happens(percent: 50)
            bytes.append(flipped ? byte ^ 0x20 : byte)
        }
        bytes.append(0x3A)
        whiteSpace()
        write(value)
        whiteSpace()
        write(Parts.lineEnd)
    }

    private mutating func whiteSpace() {
        if random.happens(percent: 60) { return bytes.append(0x20) }
        for _ in 0..<random.below(3) { bytes.append(random.happens(percent: 50) ? 0x20 : 0x09) }
    }

    private mutating func token() -> [UInt8] {
        (0...random.below(12)).map { _ in random.pick(Parts.tokenBytes) }
    }

    private mutating func value() -> [UInt8] {
        (0..<random.below(40)).map { _ in
            switch random.below(20) {
            case 0: 0x09
            case 1: 0x80 + UInt8(random.below(0x80))
            case 2, 3: 0x20
            default: 0x21 + UInt8(random.below(0x5E))
            }
        }
    }

    /// One to three things that go wrong on a wire, or are made to.
    private mutating func mutate() {
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(7) {
            case 0, 1: bytes[place] = strangeByte()
            case 2: bytes.insert(strangeByte(), at: place)
            case 3: bytes.remove(at: place)
            case 4:
                let end = min(bytes.count, place + 1 + random.below(24))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            case 5:
                let (name, values) = random.pick(Parts.framing)
                let line = name + [0x3A, 0x20] + random.pick(values) + Parts.lineEnd
                bytes.insert(contentsOf: line, at: lineStart(after: place))
            default: bytes.replaceSubrange(place..<place, with: random.pick(Parts.splinters))
            }
        }
    }

    private func lineStart(after place: Int) -> Int {
        bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    }

    private mutating func strangeByte() -> UInt8 {
        random.happens(percent: 70) ? random.pick(Parts.edges) : UInt8(truncatingIfNeeded: random.next())
    }
}
