internal import Foundation

/// One page of `ListObjectsV2`, whose keys are percent-encoded (`encoding-type=url`), so that no character of theirs is XML's.
///
/// Only the few elements that are needed are looked for, at the places where S3 writes them.
struct BucketListing {
    var objects: [StoredObject] = []
    /// Where the next page begins; nil on the last.
    var continuation: String?

    struct Malformed: Error {}

    /// - Throws: ``Malformed``.
    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)[...]
        guard text.contains("<ListBucketResult") else { throw Malformed() }
        var rest = text
        while let contents = Self.element("Contents", in: &rest) {
            var keyPart = contents
            var sizePart = contents
            guard let key = Self.element("Key", in: &keyPart), let size = Self.element("Size", in: &sizePart).flatMap({ Int($0) }),
                size >= 0,
                let name = key.replacing("+", with: " ").removingPercentEncoding
            else { throw Malformed() }
            objects.append(StoredObject(name: name, byteCount: size))
        }
        var truncated = text
        guard Self.element("IsTruncated", in: &truncated) == "true" else { return }
        var next = text
        guard let token = Self.element("NextContinuationToken", in: &next), !token.isEmpty else { throw Malformed() }
        continuation = Self.unescaped(token)
    }

    /// The text in the next element of this name; `rest` is what follows it.
    private static func element(_ name: String, in rest: inout Substring) -> Substring? {
        guard let open = rest.firstRange(of: "<\(name)>"), let close = rest[open.upperBound...].firstRange(of: "</\(name)>") else {
            return nil
        }
        defer { rest = rest[close.upperBound...] }
        return rest[open.upperBound..<close.lowerBound]
    }

    private static func unescaped(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")].reduce(String(text)) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}
