internal import AsyncHTTPClient
internal import Diagnostics
internal import Foundation
internal import ImageInput
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// One GET: what is asked of which server.
struct WebRequest {
    var url: String
    var headers: [(name: String, value: String)] = []
    /// Bytes of the file; nil for all of it.
    var range: Range<Int>?
    /// The most bytes of an answer to a request for all.
    var limit = Int.max

    var byteLimit: Int { range?.count ?? limit }
}

/// Asks servers, patiently: what may be better in a moment is asked for again.
struct WebReader: Sendable {
    let timing: WebTiming

    /// One for the whole process, as are its threads and connections. Redirects are followed here and not in there. HTTP/2 would put all
    /// answers into one connection, whose window a server in 50 ms distance fills at little more than 1 MB/s.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10), write: .seconds(10))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = authorities { configuration.tlsConfiguration = .clientDefault(authorities: file) }
        return HTTPClient(configuration: configuration)
    }()

    /// A file of certificate authorities beside which the system's do not count, as other programs take it from these variables.
    private static var authorities: String? {
        let environment = ProcessInfo.processInfo.environment
        return ["AWS_CA_BUNDLE", "SSL_CERT_FILE"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    /// Asks until there is an answer, at most so often as ``timing`` says.
    /// - Parameters:
    ///   - title: what failures call the file; without secrets.
    ///   - makeRequest: gives the request, anew for each attempt, since signatures age.
    /// - Returns: an answer of any status that asking again does not change.
    /// - Throws: a transient `source.unreachable`; `source.unsuitable`, `image.fileTooLarge`.
    func answer(title: String, makeRequest: () throws -> WebRequest) throws -> WebResponse {
        var problem = ""
        var pause = Duration.zero
        for attempt in 1...max(timing.attempts, 1) {
            if pause > .zero { Thread.sleep(forTimeInterval: pause / .seconds(1)) }
            pause = timing.delay(after: attempt)
            let request = try makeRequest()
            do {
                let response = try send(request)
                guard Self.isPassing(response.status) else { return try checked(response, request, title) }
                problem = "it answers with status \(response.status)"
                if let seconds = response.header("Retry-After").flatMap({ Int($0) }) {
                    pause = max(pause, min(.seconds(min(seconds, 3600)), timing.longestDelay))
                }
            } catch is WebResponseCollector.TooLarge {
                throw Failure(
                    .imageFileTooLarge, "\(title) has more than the \(request.byteLimit) bytes that were expected.",
                    remedy: "Describe the data set anew where the file has changed.")
            } catch is WebResponseCollector.NotRanged {
                throw Failure(
                    .sourceUnsuitable, "the server of \(title) does not send parts of files, only whole ones",
                    remedy: "serve the files with a server that knows Range requests, or copy them here")
            } catch is ShortAnswer {
                problem = "the connection ended in the middle of the answer"
            } catch {
                problem = Self.words(for: error)
            }
        }
        throw Failure(
            .sourceUnreachable, "\(title) cannot be had now: \(problem), \(timing.attempts) times in a row",
            remedy: "check the network and the server; it is tried again later", recovery: .transient)
    }

    private struct ShortAnswer: Error {}

    private func checked(_ response: WebResponse, _ request: WebRequest, _ title: String) throws -> WebResponse {
        if response.status == 206, let range = request.range, let start = response.rangeStart, start != range.lowerBound {
            throw Failure(
                .sourceUnsuitable,
                "the server of \(title) sent bytes from \(start) on where those from \(range.lowerBound) on were asked for",
                remedy: "look at the server, or at the proxy before it")
        }
        return response
    }

    private func send(_ request: WebRequest) throws -> WebResponse {
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        if let range = request.range { headers.add(name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)") }
        headers.add(name: "Accept-Encoding", value: "identity")
        headers.add(name: "User-Agent", value: "evalctl")
        let message = try HTTPClient.Request(url: request.url, headers: headers)
        let collector = WebResponseCollector(limit: request.byteLimit, isRanged: request.range != nil)
        let deadline = NIODeadline.now() + .init(timing.limit(bytes: request.range?.count ?? min(request.limit, 256 << 20)))
        let response = try Self.client.execute(request: message, delegate: collector, deadline: deadline).wait()
        let announced = response.header("Content-Length").flatMap { Int($0) }
        if response.status == 200 || response.status == 206, let announced, announced != response.body.count { throw ShortAnswer() }
        return response
    }

    /// Statuses that say: not now.
    static func isPassing(_ status: Int) -> Bool { [408, 425, 429, 500, 502, 503, 504].contains(status) }

    /// What happened to a connection. The error's own text is not taken: it may have the request's address in it.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where [.connectTimeout, .getConnectionFromPoolTimeout].contains(error):
            "no connection comes about in time"
        case let error as HTTPClientError where [.readTimeout, .deadlineExceeded, .writeTimeout].contains(error):
            "it does not answer in time"
        case let error as HTTPClientError where [.invalidURL, .emptyHost].contains(error): "its address is none"
        case is NIOConnectionError: "no connection can be made"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "no trusted TLS connection comes about"
        default: "the connection breaks"
        }
    }
}

extension TLSConfiguration {
    fileprivate static func clientDefault(authorities file: String) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(file)
        return configuration
    }
}
