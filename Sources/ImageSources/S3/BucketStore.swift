internal import Diagnostics
internal import Foundation
internal import ImageInput
internal import Synchronization

/// Objects of a bucket below a prefix, in Amazon's S3 or what speaks like it.
final class BucketStore: ObjectStore {
    private let bucket: String
    /// Empty, or without a `/` at its end.
    private let prefix: String
    private let endpoint: String?
    private let reader: WebReader
    private let state: Mutex<State>

    private struct State {
        var credentials: AWSCredentials?
        var region: String
    }

    /// What a listing may have at most: more objects than any data set has images.
    private static let listingLimit = 50_000_000

    /// - Parameter address: an `s3://` one.
    init(_ address: SourceAddress, endpoint: String?, reader: WebReader) throws {
        let path = String(address.base.dropFirst("s3://".count))
        bucket = path.firstFolder ?? path
        prefix = path == bucket ? "" : String(path.dropFirst(bucket.count + 1))
        let settings = try AWSSettings()
        self.endpoint = endpoint ?? settings.endpoint
        self.reader = reader
        state = Mutex(State(credentials: settings.credentials, region: settings.region ?? "us-east-1"))
    }

    var distance: ReadingDistance { .remote }

    func title(of name: String) -> String { "s3://\(bucket)/\(key(of: name))" }

    private func key(of name: String) -> String {
        prefix.isEmpty ? name : name.isEmpty ? prefix : "\(prefix)/\(name)"
    }

    func files() throws -> [StoredObject] {
        let start = prefix.isEmpty ? "" : prefix + "/"
        var objects: [StoredObject] = []
        var continuation: String?
        repeat {
            var query = [("list-type", "2"), ("encoding-type", "url"), ("prefix", start)]
            if let continuation { query.append(("continuation-token", continuation)) }
            let response = try get(
                "", query: query.map { (name: $0.0, value: $0.1) }, range: nil, limit: 16 << 20, title: "s3://\(bucket)/\(start)")
            guard let page = try? BucketListing(response.body), page.continuation == nil || page.continuation != continuation else {
                throw Failure(
                    .sourceUnsuitable, "the object store's list of s3://\(bucket)/\(start) cannot be understood",
                    remedy: "see whether it answers ListObjectsV2 as Amazon's does")
            }
            objects += page.objects.compactMap { object in
                object.name.utf8.starts(with: start.utf8)
                    ? StoredObject(
                        name: String(decoding: object.name.utf8.dropFirst(start.utf8.count), as: UTF8.self), byteCount: object.byteCount)
                    : nil
            }
            continuation = page.continuation
        } while continuation != nil && objects.count < Self.listingLimit
        return objects.sorted { $0.name.precedesBytewise($1.name) }
    }

    func byteCount(of name: String) throws -> Int {
        let response = try get(key(of: name), range: 0..<1, limit: 1, title: title(of: name))
        guard response.status != 416 else { return 0 }
        guard let total = response.totalBytes, total >= 0 else {
            throw Failure(
                .sourceUnsuitable, "the object store does not tell how long \(title(of: name)) is",
                remedy: "see whether it knows Range requests")
        }
        return total
    }

    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let response = try get(key(of: name), range: range, limit: range.count, title: title(of: name))
        guard response.status != 416, response.body.count == range.count else { throw Failure.shortened(title(of: name)) }
        return response.body
    }

    func readWhole(_ name: String, limit: Int) throws -> [UInt8] {
        try get(key(of: name), range: nil, limit: limit, title: title(of: name)).body
    }

    func health() -> Failure? {
        do {
            let start = prefix.isEmpty ? "" : prefix
            let query = [("list-type", "2"), ("max-keys", "1"), ("encoding-type", "url"), ("prefix", start)]
            let response = try get("", query: query.map { (name: $0.0, value: $0.1) }, range: nil, limit: 1 << 20, title: title(of: ""))
            guard let page = try? BucketListing(response.body), page.objects.isEmpty else { return nil }
            return Failure(
                .sourceEmpty, "there is nothing at \(title(of: "")), seen from this machine", remedy: "check bucket, prefix and endpoint",
                recovery: .transient)
        } catch let failure as Failure {
            // Objects may be readable where the list is not.
            return failure.code == .sourceForbidden ? nil : failure.code == .imageUnreadable ? Self.missingBucket(bucket) : failure
        } catch {
            return Failure(.sourceUnreachable, "\(title(of: "")) cannot be asked", recovery: .transient, cause: error)
        }
    }

    /// A success, or status 416.
    private func get(
        _ key: String, query: [(name: String, value: String)] = [], range: Range<Int>?, limit: Int, title: String
    ) throws -> WebResponse {
        var response = try reader.answer(title: title) { self.request(key, query, range, limit) }
        if adoptRegion(of: response) || [400, 401, 403].contains(response.status) && renewCredentials() {
            response = try reader.answer(title: title) { self.request(key, query, range, limit) }
        }
        switch response.status {
        case 200, 206, 416: return response
        case 401, 403, 400:
            let isSigned = state.withLock { $0.credentials != nil }
            throw Failure(
                .sourceForbidden,
                "the object store refuses \(title) to this machine" + (Self.code(of: response).map { " (\($0))" } ?? ""),
                remedy: isSigned
                    ? "check the AWS credentials, their rights, the region and the clock"
                    : "give credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by the AWS files", recovery: .transient)
        case 404: throw Self.code(of: response) == "NoSuchBucket" ? Self.missingBucket(bucket) : Failure.absent(title)
        default:
            throw Failure(
                .sourceUnsuitable,
                "the object store answers for \(title) with status \(response.status)" + (Self.code(of: response).map { " (\($0))" } ?? ""),
                remedy: "check region and endpoint")
        }
    }

    private func request(_ key: String, _ query: [(name: String, value: String)], _ range: Range<Int>?, _ limit: Int) -> WebRequest {
        let (credentials, region) = state.withLock { ($0.credentials, $0.region) }
        let (server, folder) = place(region: region)
        let path = folder + "/" + PercentEncoding.path(key)
        let host = String(server.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" })
        let before = String(server.drop { $0 != ":" }.dropFirst(3).dropFirst(host.count))
        let queryText = RequestSignature.canonical(query)
        var request = WebRequest(url: server + path + (queryText.isEmpty ? "" : "?\(queryText)"), range: range, limit: limit)
        request.headers = [("Host", host)]
        if let credentials {
            var signed = [(name: "host", value: host)]
            if let range { signed.append((name: "range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")) }
            request.headers += RequestSignature(credentials: credentials, region: region).headers(
                path: before + path, query: query, headers: signed, date: Date())
        }
        return request
    }

    /// The server's address and the folder of the bucket there. A name with dots fits no certificate of a server of its own.
    private func place(region: String) -> (server: String, folder: String) {
        if let endpoint { return (endpoint, "/\(bucket)") }
        let hasOwnServer = bucket.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        return hasOwnServer ? ("https://\(bucket).s3.\(region).amazonaws.com", "") : ("https://s3.\(region).amazonaws.com", "/\(bucket)")
    }

    /// Takes the bucket's region from an answer that says another; true where that is news.
    private func adoptRegion(of response: WebResponse) -> Bool {
        guard ![200, 206, 404, 416].contains(response.status), let region = response.header("x-amz-bucket-region"),
            (1...40).contains(region.utf8.count),
            region.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
        else { return false }
        return state.withLock { state in
            defer { state.region = region }
            return state.region != region
        }
    }

    /// Temporary credentials are written anew while a worker goes on; true where they are others now.
    private func renewCredentials() -> Bool {
        guard let settings = try? AWSSettings() else { return false }
        return state.withLock { state in
            defer { state.credentials = settings.credentials }
            return state.credentials != settings.credentials
        }
    }

    /// S3's name of an error, where the answer has one.
    private static func code(of response: WebResponse) -> String? {
        let text = String(decoding: response.body, as: UTF8.self)
        guard let open = text.firstRange(of: "<Code>"), let close = text[open.upperBound...].firstRange(of: "</Code>") else { return nil }
        let code = text[open.upperBound..<close.lowerBound]
        return (1...60).contains(code.utf8.count) && code.allSatisfy({ $0.isASCII && $0.isLetter }) ? String(code) : nil
    }

    private static func missingBucket(_ bucket: String) -> Failure {
        Failure(
            .sourceRoot, "there is no bucket \(bucket), seen from this machine", remedy: "check its name and the endpoint",
            recovery: .transient)
    }
}
