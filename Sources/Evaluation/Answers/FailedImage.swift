/// Images without a prediction, by cause.
package struct FailureCount: Sendable, Hashable, Codable {
    package var code: String
    package var images: Int
    /// The first of them, by path.
    package var example: String

    package init(code: String, images: Int, example: String) {
        self.code = code
        self.images = images
        self.example = example
    }
}

/// An image of a run that was given up, and why.
package struct FailedImage: Sendable, Hashable, Codable {
    package var path: String
    /// The class number that the manifest gives it.
    package var label: Int
    package var code: String
    package var message: String
    /// The worker's machine, where a worker said so.
    package var host: String?
    /// ISO 8601, UTC, by the database's clock.
    package var failedAt: String

    enum CodingKeys: String, CodingKey {
        case path, label, code, message, host
        case failedAt = "failed_at"
    }

    package init(path: String, label: Int, code: String, message: String, host: String?, failedAt: String) {
        self.path = path
        self.label = label
        self.code = code
        self.message = message
        self.host = host
        self.failedAt = failedAt
    }
}
