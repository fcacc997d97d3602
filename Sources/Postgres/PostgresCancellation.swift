import CLibpq

/// Cancels the statement that a connection is running, from any thread.
// libpq documents the cancel object as read-only and PQcancel as safe from any thread.
package final class PostgresCancellation: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Asks the server to cancel; the statement then fails with `database.cancelled`, unless it was done before.
    /// - Returns: Whether the request was delivered.
    package func cancel() -> Bool {
        var text = [CChar](repeating: 0, count: 256)
        return PQcancel(handle, &text, Int32(text.count)) == 1
    }
}
