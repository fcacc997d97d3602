internal import Diagnostics
internal import EvaluationStore
internal import HTTPTypes
internal import Hummingbird
internal import Reports

extension Failure.Code {
    static let httpNoPage = Failure.Code("http.no_page")
    static let httpBadRequest = Failure.Code("http.bad_request")
    static let httpUnauthorized = Failure.Code("http.unauthorized")
    static let httpForbidden = Failure.Code("http.forbidden")
    static let httpMisdirected = Failure.Code("http.misdirected")
    static let httpTooLarge = Failure.Code("http.too_large")
}

/// An error as an answer: a status, and what failed and how to mend it.
struct HTTPProblem: Encodable {
    let status: HTTPResponse.Status
    let failure: Failure

    init(_ error: any Error, at path: String) {
        switch error {
        case let failure as Failure: self.init(failure)
        case let error as any HTTPResponseError where error.status == .contentTooLarge:
            self.init(Failure(.httpTooLarge, "the request's body is too large", remedy: "send at most \(RequestForm.limit) bytes"))
        case let error as HTTPError where error.status == .notFound: self.init(Self.noPage(path))
        case let error as HTTPError: self.init(Failure(.httpBadRequest, error.body ?? error.status.reasonPhrase), error.status)
        default: self.init(Failure(Failure.Code("http.failed"), "the request failed: \(error)"))
        }
    }

    private init(_ failure: Failure, _ status: HTTPResponse.Status? = nil) {
        self.failure = failure
        self.status = status ?? Self.status(of: failure)
    }

    static func noPage(_ path: String) -> Failure {
        Failure(.httpNoPage, "there is no page \(path.prefix(200))", remedy: "docs/dashboard.md lists the pages; / is the overview")
    }

    private static func status(of failure: Failure) -> HTTPResponse.Status {
        switch failure.code {
        case .notFound, .httpNoPage: .notFound
        case .httpBadRequest: .badRequest
        case .httpUnauthorized: .unauthorized
        case .httpForbidden: .forbidden
        case .httpMisdirected: .misdirectedRequest
        case .httpTooLarge: .contentTooLarge
        case .runState, Failure.Code("worker.state"): .conflict
        default: failure.recovery == .transient ? .serviceUnavailable : .internalServerError
        }
    }

    func response(to request: Request, viewer: Viewer) -> Response {
        var response: Response
        if request.wantsPage {
            response = .html(PageFrame.problem(title: title, message: failure.description, viewer: viewer), status)
        } else {
            response = .json((try? renderJSON(self)) ?? "{}\n", status)
        }
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"evalctl\"" }
        if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }

    private var title: String { "\(status.code) \(status.reasonPhrase)" }

    private enum CodingKeys: String, CodingKey {
        case error, message, remedy
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(failure.code.rawValue, forKey: .error)
        var message = failure
        message.remedy = nil
        try container.encode(message.description, forKey: .message)
        try container.encodeIfPresent(failure.remedy, forKey: .remedy)
    }
}
