import Testing

/// The tests that load or time running programs, one after another: two at once on two cores would measure each other.
@Suite(.serialized, .needs(.postern))
enum Live {}
