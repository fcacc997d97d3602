internal import Crypto
package import Foundation

/// AWS Signature Version 4 of a request without a body (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header").
package struct RequestSignature {
    package let credentials: AWSCredentials
    package let region: String
    private let service = "s3"

    package init(credentials: AWSCredentials, region: String) {
        self.credentials = credentials
        self.region = region
    }

    /// SHA-256 of nothing.
    static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// The headers that make a GET one of the credentials' owner, all of them signed beside `headers`.
    /// - Parameters:
    ///   - path: percent-encoded, from its first slash.
    ///   - query: names and values, not encoded.
    ///   - headers: names in lower case; `host` has to be among them.
    package func headers(
        path: String, query: [(name: String, value: String)], headers: [(name: String, value: String)], date: Date
    ) -> [(name: String, value: String)] {
        let time = Self.time(date)
        let day = String(time.prefix(8))
        var added = [("x-amz-content-sha256", Self.emptyHash), ("x-amz-date", time)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        let signed = (headers + added.map { (name: $0.0, value: $0.1) }).sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let request = [
            "GET", path, Self.canonical(query), signed.map { "\($0.name):\($0.value)\n" }.joined(), names, Self.emptyHash,
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.hexadecimal(SHA256.hash(data: Array(request.utf8))))"
        let key = [day, region, service, "aws4_request"].reduce(SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))) {
            key, part in
            SymmetricKey(data: Array(HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)))
        }
        let signature = Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
        let authorization = "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return added.map { (name: $0.0, value: $0.1) } + [(name: "Authorization", value: authorization)]
    }

    /// A query in the order and encoding that is signed, and sent.
    static func canonical(_ query: [(name: String, value: String)]) -> String {
        query.map { (PercentEncoding.part($0.name), PercentEncoding.part($0.value)) }.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(
            separator: "&")
    }

    /// `20130524T000000Z`.
    static func time(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ count: Int = 2) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month) + digits(parts.day) + "T" + digits(parts.hour) + digits(parts.minute)
            + digits(parts.second) + "Z"
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
