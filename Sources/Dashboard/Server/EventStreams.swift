internal import Diagnostics
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Pages
internal import Synchronization

/// Streams of server-sent events: what changed of a page, as soon as it is known.
///
/// A stream waits until its client has taken an event before it makes the next one, so that a slow client costs no memory; one that
/// takes nothing for the idle time is closed.
final class EventStreams: Sendable {
    private let interval: Duration
    private let limit: Int
    private let idle: TimeAmount
    private let open = Mutex(0)

    init(interval: Duration, limit: Int, idleSeconds: Int) {
        self.interval = interval
        self.limit = limit
        idle = .seconds(Int64(idleSeconds))
    }

    private struct Message: Encodable {
        var id: String?
        var html: String?
        var message: String?

        /// As an event of a stream. JSON has no line ends in it.
        func event(_ name: String) throws -> ByteBuffer {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return ByteBuffer(string: "event: \(name)\ndata: \(String(decoding: try encoder.encode(self), as: UTF8.self))\n\n")
        }
    }

    static let contentType = "text/event-stream"

    /// - Parameter isWelcome: Whether the client may still read it.
    /// - Throws: `http.busy` where too many streams are open.
    func response(
        _ subject: LiveSubject, watch: FleetWatch, channel: any Channel, while isWelcome: @escaping @Sendable () -> Bool
    ) throws -> Response {
        guard open.withLock({ $0 < limit }) else {
            throw Failure(
                .httpBusy, "\(limit) streams of changes are open already", remedy: "close other pages of the dashboard",
                recovery: .transient)
        }
        let body = ResponseBody { [self] writer in
            open.withLock { $0 += 1 }
            defer { open.withLock { $0 -= 1 } }
            var sent: [String: Markup] = [:]
            try await write(ByteBuffer(string: "retry: 1000\n\n"), to: &writer, channel)
            while !Task.isCancelled, isWelcome() {
                var events: [ByteBuffer] = []
                do {
                    for part in try await subject.parts(watch) where sent[part.id] != part.content {
                        events.append(try Message(id: part.id, html: part.content.source).event("part"))
                        sent[part.id] = part.content
                    }
                } catch {
                    events.append(try Message(message: "\(error)").event("trouble"))
                }
                // A comment shows where the client has gone.
                if events.isEmpty { events = [ByteBuffer(string: ":\n\n")] }
                for event in events { try await write(event, to: &writer, channel) }
                try await Task.sleep(for: interval)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: Self.contentType, .cacheControl: "no-store", .accelBuffering: "no"],
            body: body)
    }

    /// Waits until the client has taken what came before; closes the connection of one that does not.
    @concurrent private func write(_ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter, _ channel: any Channel) async throws {
        let close = channel.eventLoop.scheduleTask(in: idle) { channel.close(promise: nil) }
        defer { close.cancel() }
        try await writer.write(buffer)
    }
}
