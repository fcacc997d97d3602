internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What is known of a request beside what it says.
struct DashboardContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Whether it came with the token, or with a session of it.
    var isSignedIn = false
    /// What the browser keeps of its session, where it came with one.
    var session: String?
    /// Whether a browser sent what it keeps by itself, so that another site may have made it do so.
    var hasCookie = false

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

extension HTTPField.Name {
    static let referrerPolicy = named("Referrer-Policy")
    static let fetchSite = named("Sec-Fetch-Site")
    /// Tells proxies not to keep parts of a stream back.
    static let accelBuffering = named("X-Accel-Buffering")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a name of a header") }
        return name
    }
}

extension Response {
    /// - Parameter type: media type with its character set.
    init(_ status: HTTPResponse.Status = .ok, type: String, _ text: String) {
        self.init(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(status, type: "text/html; charset=utf-8", text)
    }

    static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(status, type: "application/json", text)
    }
}

extension Request {
    /// Whether the answer is for a person to read, not for a program.
    var wantsPage: Bool { headers[.accept]?.contains("text/html") ?? false }
}
