internal import Diagnostics
internal import Foundation
internal import Hummingbird
internal import NIOCore

/// The fields that a form or a program sent, as `application/x-www-form-urlencoded`.
struct RequestForm {
    /// Bytes of a body at most.
    static let limit = 8192

    private var fields = FormFields()

    /// - Throws: 413 for a body that is too large; `http.bad_request`.
    init(_ request: Request) async throws {
        let buffer = try await request.body.collect(upTo: Self.limit)
        guard let text = buffer.getString(at: buffer.readerIndex, length: buffer.readableBytes), !text.isEmpty else { return }
        guard let fields = FormFields(parsing: text) else {
            throw Failure(.httpBadRequest, "the request's body is no form", remedy: "send application/x-www-form-urlencoded")
        }
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name] }

    /// A whole number in `range`.
    /// - Throws: `http.bad_request`.
    func int(_ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let text = fields[name], let value = Int(text), range.contains(value) else {
            throw Failure(
                .httpBadRequest, "the field \(name) is missing or no number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "send \(name)=NUMBER in the body")
        }
        return value
    }

    /// Whole numbers separated by commas; nil where the field is missing.
    /// - Throws: `http.bad_request`.
    func ints(_ name: String) throws -> [Int]? {
        guard let text = fields[name], !text.isEmpty else { return nil }
        let values = text.split(separator: ",").map { Int($0) }
        guard !values.isEmpty, !values.contains(nil) else {
            throw Failure(.httpBadRequest, "the field \(name) does not list numbers", remedy: "send \(name)=1,2,3, or leave it out for all")
        }
        return values.compactMap { $0 }
    }
}
