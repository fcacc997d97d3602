internal import Diagnostics
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Reports

/// Stands between a connection and what answers its requests: lets a request through once all of it is there, within its deadlines, and refuses what
/// is malformed, too large or too much.
final class ConnectionGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Seconds after which a connection is closed.
    struct Deadlines: Sendable {
        /// From its opening to the end of its first request's head.
        var head = 10
        /// From a request's head to the end of its body.
        var body = 10
        /// From a request to the end of its answer, streams aside.
        var answer = 60
        /// From an answer to the end of the next request's head.
        var idle = 30
    }

    /// Paths that are answered however much else is asked.
    static let probes: Set<Substring> = ["/livez", "/readyz", "/metrics"]

    private let ledger: ConnectionLedger
    private let deadlines: Deadlines
    private var number: Int?
    private var head: HTTPRequest?
    private var body = ByteBuffer()
    private var answers = 0
    private var isRefused = false
    private var deadline: Scheduled<Void>?

    init(_ ledger: ConnectionLedger, _ deadlines: Deadlines) {
        self.ledger = ledger
        self.deadlines = deadlines
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        number = ledger.open(Self.address(channel)) { channel.close(promise: nil) }
        guard number != nil else { return context.close(promise: nil) }
        close(channel, after: deadlines.head)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if let number { ledger.close(number) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            // The first one is the request's authority.
            guard !request.headerFields.contains(where: { $0.name.canonicalName == "host" }) else {
                return refuse(context, .httpBadRequest, "the request has two Host headers", "send one")
            }
            head = request
            body.clear()
            if answers == 0 { close(context.channel, after: deadlines.body) }
        case .body(var piece):
            guard body.readableBytes + piece.readableBytes <= RequestForm.limit else {
                return refuse(context, .httpTooLarge, "the request's body is too large", "send at most \(RequestForm.limit) bytes")
            }
            body.writeBuffer(&piece)
        case .end(let trailers):
            guard let request = head else { return }
            head = nil
            let isProbe = Self.probes.contains((request.path ?? "").prefix { $0 != "?" })
            guard let number, ledger.begin(number, isProbe: isProbe) else {
                return refuse(context, .httpBusy, "more is asked than can be answered", "ask again in a moment")
            }
            answers += 1
            close(context.channel, after: deadlines.answer)
            context.fireChannelRead(wrapInboundOut(.head(request)))
            if body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(body))) }
            context.fireChannelRead(wrapInboundOut(.end(trailers)))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        // A stream watches its client by itself.
        case .head(let response) where response.headerFields[.contentType] == EventStreams.contentType: deadline?.cancel()
        case .end:
            answers -= 1
            if answers == 0, let number {
                ledger.end(number)
                close(context.channel, after: deadlines.idle)
            }
        default: break
        }
        context.write(data, promise: promise)
    }

    /// What the parser does not understand, such as a chunk without a length.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError || error is ChannelError { return context.close(promise: nil) }
        refuse(context, .httpBadRequest, "the request is malformed", "send HTTP/1.1 as RFC 9112 has it")
    }

    /// Answers in place of the program, and closes. The client gets a moment to read: closed at once, what it still sends would take the answer from it.
    private func refuse(_ context: ChannelHandlerContext, _ code: Failure.Code, _ message: String, _ remedy: String) {
        guard !isRefused else { return }
        isRefused = true
        head = nil
        body.clear()
        guard answers == 0 else { return context.close(promise: nil) }
        let problem = HTTPProblem(
            Failure(code, message, remedy: remedy, recovery: code == .httpBusy ? .transient : .permanent), at: "")
        let text = (try? renderJSON(problem)) ?? "{}\n"
        var response = HTTPResponse(status: problem.status)
        response.headerFields = [
            .contentType: "application/json", .contentLength: "\(text.utf8.count)", .connection: "close", .cacheControl: "no-store",
        ]
        if problem.status == .serviceUnavailable { response.headerFields[.retryAfter] = "1" }
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: text))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(mode: .output, promise: nil) }
        close(channel, after: 1)
    }

    private func close(_ channel: any Channel, after seconds: Int) {
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { channel.close(promise: nil) }
    }

    /// Whom a connection is counted for: an IPv4 address, or the network that one IPv6 host has for itself.
    private static func address(_ channel: any Channel) -> String {
        let text = channel.remoteAddress?.ipAddress ?? ""
        guard text.contains(":"), !text.hasPrefix("::") else { return text }
        return text.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
    }
}

@available(*, unavailable)
extension ConnectionGate: Sendable {}
