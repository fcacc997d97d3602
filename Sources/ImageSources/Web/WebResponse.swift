internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// A server's answer.
struct WebResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    /// Of an answer that is no success: only its beginning.
    var body: [UInt8]

    func header(_ name: String) -> String? { headers.first(name: name) }

    /// Length of the whole file that a range was asked of, where the answer says it.
    var totalBytes: Int? {
        guard let range = headers.first(name: "Content-Range"), let slash = range.lastIndex(of: "/") else { return nil }
        return Int(range[range.index(after: slash)...])
    }

    /// Where a range that was asked for begins, where the answer says it.
    var rangeStart: Int? {
        guard let range = headers.first(name: "Content-Range"), range.hasPrefix("bytes "), let dash = range.firstIndex(of: "-") else {
            return nil
        }
        return Int(range.dropFirst(6)[..<dash])
    }
}

/// Gathers an answer, and ends it where it is not what was asked for.
final class WebResponseCollector: HTTPClientResponseDelegate {
    /// The answer has more bytes than were asked for.
    struct TooLarge: Error {}
    /// The server sent the whole file instead of the range.
    struct NotRanged: Error {}

    private struct State {
        var response = WebResponse(status: 0, headers: HTTPHeaders(), body: [])
        var limit = 0
    }

    /// Of an answer that is no success, what a message may be in.
    private static let errorLimit = 1 << 14

    private let limit: Int
    private let isRanged: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: the most bytes that a success may have.
    ///   - isRanged: whether a part of a file was asked for.
    init(limit: Int, isRanged: Bool) {
        self.limit = limit
        self.isRanged = isRanged
    }

    func didReceiveHead(task: HTTPClient.Task<WebResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let status = Int(head.status.code)
        let isSuccess = status == 200 || status == 206
        if status == 200, isRanged { return task.eventLoop.makeFailedFuture(NotRanged()) }
        let announced = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        if isSuccess, announced > limit { return task.eventLoop.makeFailedFuture(TooLarge()) }
        state.withLock { state in
            state.response.status = status
            state.response.headers = head.headers
            state.limit = isSuccess ? limit : Self.errorLimit
            if isSuccess { state.response.body.reserveCapacity(announced) }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<WebResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let isTooLarge = state.withLock { state in
            let isSuccess = state.response.status == 200 || state.response.status == 206
            let room = state.limit - state.response.body.count
            if isSuccess, buffer.readableBytes > room { return true }
            state.response.body += buffer.readableBytesView.prefix(room)
            return false
        }
        return isTooLarge ? task.eventLoop.makeFailedFuture(TooLarge()) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<WebResponse>) throws -> WebResponse { state.withLock { $0.response } }
}
