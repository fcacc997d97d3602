internal import Foundation

/// A thread for blocking work, which can be joined.
public final class NamedThread: @unchecked Sendable {
    private let finished = DispatchSemaphore(value: 0)

    /// Starts a thread that runs `body` once.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [finished] in
            body()
            finished.signal()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the thread's end; once.
    public func join() {
        finished.wait()
    }
}
