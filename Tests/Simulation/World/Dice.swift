/// Where all chance of a simulation comes from: SplitMix64, so that one seed is one run.
final class Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// Dice of its own for one part, so that what it throws does not move what the others get.
    func fork() -> Dice { Dice(seed: next()) }

    func roll(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    func chance(_ percent: Int64) -> Bool { roll(0...99) < percent }

    func pick<Element>(_ choices: [Element]) -> Element { choices[Int(next() % UInt64(choices.count))] }
}
