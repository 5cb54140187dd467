import Synchronization

/// What /readyz must know that no worker does. Cold: read by probes, written by the main thread.
final class Readiness: Sendable {
    let isDraining = Atomic<Bool>(false)
    let reloadsSucceeded = Atomic<Int>(0)
    let reloadsFailed = Atomic<Int>(0)
}
