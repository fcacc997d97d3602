internal import Diagnostics
internal import Foundation
internal import ImageInput

/// Files on a web server, read by ranged requests.
struct WebStore: ObjectStore {
    /// An address without a `/` at its end, of a folder or of one archive.
    let base: String
    /// A file that has to be there, where one is known.
    let known: String?
    let reader: WebReader

    var distance: ReadingDistance { .remote }

    func title(of name: String) -> String { name.isEmpty ? base : "\(base)/\(name)" }

    func files() throws -> [StoredObject] {
        throw Failure(
            .sourceUnsuitable, "the files at \(base)/ cannot be listed: web servers have no common way to ask for that",
            remedy: "name the archives, as \(base)/name-{000000..000063}.tar")
    }

    func byteCount(of name: String) throws -> Int {
        let response = try get(name, range: 0..<1, limit: 1)
        if response.status == 416, response.totalBytes == 0 { return 0 }
        try require(response, title(of: name))
        guard let total = response.totalBytes, total >= 0 else {
            throw Failure(
                .sourceUnsuitable, "the server of \(title(of: name)) does not tell how long the file is",
                remedy: "serve the file with a server that knows Range requests, or copy it here")
        }
        return total
    }

    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let response = try get(name, range: range, limit: range.count)
        if response.status == 416 { throw Failure.shortened(title(of: name)) }
        try require(response, title(of: name))
        guard response.body.count == range.count else { throw Failure.shortened(title(of: name)) }
        return response.body
    }

    func readWhole(_ name: String, limit: Int) throws -> [UInt8] {
        let response = try get(name, range: nil, limit: limit)
        try require(response, title(of: name))
        return response.body
    }

    /// Whether the server answers, and has the known file. What it says of a folder means nothing: many refuse to show any.
    func health() -> Failure? {
        do {
            let status = try get(known ?? "", range: 0..<1, limit: 1).status
            guard let known else { return nil }
            if [401, 403].contains(status) { return Self.forbidden(title(of: known)) }
            guard [404, 410].contains(status) else { return nil }
            return Failure(
                .sourceRoot, "\(title(of: known)) is not there, seen from this machine",
                remedy: "check the address, or name another place with --dataset-root", recovery: .transient)
        } catch let failure as Failure {
            return failure.code == .sourceUnsuitable ? nil : failure
        } catch {
            return Failure(.sourceUnreachable, "\(base) cannot be asked", recovery: .transient, cause: error)
        }
    }

    private func get(_ name: String, range: Range<Int>?, limit: Int) throws -> WebResponse {
        var address = name.isEmpty ? base : "\(base)/\(PercentEncoding.path(name))"
        for _ in 0...Redirect.limit {
            let url = address
            let response = try reader.answer(title: title(of: name)) { WebRequest(url: url, range: range, limit: limit) }
            guard Redirect.statuses.contains(response.status) else { return response }
            guard let target = response.header("Location").flatMap({ Redirect.target($0, from: url) }) else {
                throw Failure(
                    .sourceUnsuitable, "the server of \(title(of: name)) redirects to where it is not safe to follow",
                    remedy: "name the place where the files really are, with https:// where the first has it")
            }
            address = target
        }
        throw Failure(
            .sourceUnsuitable, "the server of \(title(of: name)) redirects more than \(Redirect.limit) times",
            remedy: "name the place where the files really are")
    }

    private func require(_ response: WebResponse, _ title: String) throws {
        switch response.status {
        case 200, 206: return
        case 401, 403: throw Self.forbidden(title)
        case 404, 410: throw Failure.absent(title)
        default:
            throw Failure(
                .sourceUnsuitable, "the server of \(title) answers with status \(response.status)",
                remedy: "open the address with another program and see what it says")
        }
    }

    private static func forbidden(_ title: String) -> Failure {
        Failure(
            .sourceForbidden, "\(title) may not be read from this machine", remedy: "give this machine access to it", recovery: .transient)
    }
}

extension Failure {
    /// There is no such file where the manifest says.
    static func absent(_ title: String) -> Failure {
        Failure(.imageUnreadable, "\(title) is not there.", remedy: "Restore it, or describe the data set anew.")
    }
}

/// RFC 3986: every byte but letters, digits and `-._~` as `%XX`.
enum PercentEncoding {
    /// A path, whose slashes stay.
    static func path(_ text: String) -> String { encoded(text, keeping: UInt8(ascii: "/")) }

    /// A part of a query.
    static func part(_ text: String) -> String { encoded(text, keeping: nil) }

    private static func encoded(_ text: String, keeping slash: UInt8?) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            case slash: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
