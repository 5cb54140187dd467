/// What went wrong in the harness itself: a program that did not start, an answer that could not be read. A test that
/// throws it fails with the text, which holds the tail of the program's output where there is one.
struct HarnessFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
