internal import Diagnostics
internal import Foundation
internal import ImageInput

/// Where a data set's images are: a folder, archives, or a place on a web server or in an object store. Has no secrets, so that it may be stored.
package struct SourceAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: Hashable, Sendable {
        case file
        case http
        /// With the address of another object store than Amazon's.
        case s3(endpoint: String?)
    }

    package let scheme: Scheme
    /// What all names are below: a folder's path; an `https://…` address or an `s3://…` one, without a `/` at the end.
    package let base: String
    /// The archives that were named, below ``base``; nil where the base itself is to be looked into. One without braces is `[""]`: the base is it.
    package let archives: [String]?
    /// As it is stored and shown: absolute.
    package let description: String

    /// Whether the images are on another machine.
    package var isRemote: Bool { scheme != .file }

    /// A short name for a data set that is there.
    package var suggestedName: String {
        let last = (archives == nil || archives == [""] ? base : base + "/" + (archives?.first ?? "")).lastComponent
        return last.hasSuffix(".tar") ? String(last.dropLast(4)) : last
    }

    /// - Parameter endpoint: another object store's address, for `s3://` roots that name none.
    /// - Throws: `source.address`; it repeats nothing that may be secret.
    package init(_ text: String, endpoint: String? = nil) throws {
        guard let colon = text.firstRange(of: "://") else {
            try self.init(path: text)
            return
        }
        switch text[..<colon.lowerBound].lowercased() {
        case "file":
            let rest = text[colon.upperBound...]
            guard rest.hasPrefix("/"), let path = String(rest).removingPercentEncoding else {
                throw Self.unusable("a file:// root needs an absolute path", remedy: "write file:///data/val")
            }
            try self.init(path: path)
        case "http", "https": try self.init(web: text)
        case "s3": try self.init(bucket: text, endpoint: endpoint)
        default:
            throw Self.unusable(
                "roots of the kind \(text[..<colon.lowerBound].prefix(20)):// are not read", remedy: "use a path, https:// or s3://")
        }
    }

    private init(path: String) throws {
        scheme = .file
        let isThere = FileManager.default.fileExists(atPath: path)
        let (folder, last) = path.utf8.last == UInt8(ascii: "/") ? (path, "") : (path.folder, path.lastComponent)
        if !isThere, last.contains("{") || last.contains("}") {
            base = Self.absolute(folder.isEmpty && !path.hasPrefix("/") ? "." : folder + "/")
            archives = try Self.expanded(last)
            description = "\(base)/\(last)"
        } else {
            try Self.refuseCompressed(path)
            base = Self.absolute(path)
            archives = isThere && !FolderCheck.isFolder(path) || !isThere && Self.namesArchive(path) ? [""] : nil
            description = base
        }
    }

    private init(web text: String) throws {
        guard !text.contains("?"), !text.contains("#") else {
            throw Self.unusable(
                "a root with a query or a fragment is not taken: it would be stored, and such parts often are secrets",
                remedy: "name the files without it")
        }
        let (base, last) = try Self.webParts(text, what: "https://server/folder/name-{0000..0063}.tar")
        scheme = .http
        if last.contains("{") || last.contains("}") {
            self.base = base
            archives = try Self.expanded(last)
        } else {
            self.base = last.isEmpty ? base : "\(base)/\(last)"
            archives = Self.namesArchive(last) ? [""] : nil
            try Self.refuseCompressed(last)
        }
        description = last.isEmpty ? base + "/" : "\(base)/\(last)"
    }

    private init(bucket text: String, endpoint: String?) throws {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var endpoint = endpoint
        if parts.count == 2 {
            guard parts[1].hasPrefix("endpoint=") else {
                throw Self.unusable("an s3:// root takes no query but ?endpoint=ADDRESS", remedy: "write s3://bucket/prefix")
            }
            endpoint = String(parts[1].dropFirst("endpoint=".count))
        }
        let path = String(parts[0].dropFirst("s3://".count))
        let bucket = path.firstFolder ?? path
        guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy({ Self.bucketBytes.contains($0) }) else {
            throw Self.unusable(
                "an s3:// root begins with a bucket's name of 3 to 63 lower-case letters, digits, dots and hyphens",
                remedy: "write s3://bucket/prefix; credentials come from the environment or the AWS files")
        }
        let key = path == bucket ? "" : String(path.dropFirst(bucket.count + 1))
        let (folder, last) = (key.folder, key.lastComponent)
        if last.contains("{") || last.contains("}") {
            base = "s3://\(bucket)" + (folder.isEmpty ? "" : "/\(folder)")
            archives = try Self.expanded(last)
        } else {
            try Self.refuseCompressed(last)
            base = "s3://\(bucket)" + (key.isEmpty ? "" : "/\(key.hasSuffix("/") ? String(key.dropLast()) : key)")
            archives = Self.namesArchive(last) ? [""] : nil
        }
        let address = try endpoint.map { try Self.endpoint($0) }
        scheme = .s3(endpoint: address)
        description = "s3://\(path)" + (address.map { "?endpoint=\($0)" } ?? "")
    }

    private static let bucketBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789.-_ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    /// Whether a name is that of a tar archive.
    static func namesArchive(_ name: String) -> Bool { name.lowercasedExtension == "tar" }

    /// An object store's address, without a `/` at its end.
    static func endpoint(_ text: String) throws -> String {
        guard !text.contains("?"), !text.contains("#"), !text.contains("{") else {
            throw unusable("an object store's address has no query", remedy: "write https://server:port")
        }
        let (base, last) = try webParts(text, what: "https://server:port")
        return last.isEmpty ? base : "\(base)/\(last)"
    }

    /// The address of the folder, and the last part of the path.
    private static func webParts(_ text: String, what: String) throws -> (base: String, last: String) {
        let path = text.drop { $0 != ":" }.dropFirst(3)
        let server = path.prefix { $0 != "/" }
        guard !server.contains("@") else {
            throw unusable("an address with a user's name or a password is not taken: it would be stored", remedy: "leave them out")
        }
        let outside = text.utf8.contains {
            $0 <= 0x20 || $0 >= 0x7F || [UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: "\\")].contains($0)
        }
        guard !server.isEmpty, !outside else { throw unusable("the address is not complete, or not in ASCII", remedy: "write \(what)") }
        let port = server.hasSuffix("]") ? nil : server.lastIndex(of: ":").map { server[server.index(after: $0)...] }
        // What follows a user's name where the rest is forgotten would be a password.
        guard port.map({ UInt16($0) != nil }) ?? true else { throw unusable("the address's port is no number", remedy: "write \(what)") }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        let folders = path.dropFirst(server.count).split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard folders.dropLast().allSatisfy({ ImageReference.staysBelow($0) && !$0.contains("{") }), folders.last != ".." else {
            throw unusable("the address has folders that are empty, .., or in braces", remedy: "write \(what)")
        }
        return (([scheme + "://" + server.lowercased()] + folders.dropLast()).joined(separator: "/"), folders.last ?? "")
    }

    private static func expanded(_ pattern: String) throws -> [String] {
        let names = try BracePattern.expand(pattern)
        for name in names {
            try refuseCompressed(name)
            guard namesArchive(name), ImageReference.staysBelow(name) else {
                throw unusable("\(pattern) does not name tar archives", remedy: "write name-{000000..000063}.tar")
            }
        }
        guard Set(names).count == names.count else { throw unusable("\(pattern) names an archive twice", remedy: "name each once") }
        return names
    }

    private static func refuseCompressed(_ name: String) throws {
        let isCompressed = ["tgz", "tbz", "txz", "tzst"].contains(name.lowercasedExtension)
        guard
            isCompressed
                || namesArchive(name.withoutExtension)
                    && ["gz", "bz2", "xz", "zst", "lz4", "lzma", "br"].contains(name.lowercasedExtension)
        else { return }
        throw Failure(
            .archiveFormat, "\(name.lastComponent) is a compressed archive, whose images cannot be read in place",
            remedy: "decompress it (gunzip, unxz, unzstd, bunzip2) and name the .tar; JPEGs hardly become larger by that")
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardized.resolvingSymlinksInPath().path
    }

    private static func unusable(_ why: String, remedy: String) -> Failure { Failure(.sourceAddress, why, remedy: remedy) }
}
