internal import Diagnostics

/// Names of many archives in one: `val-{000000..000063}.tar`, `{train,val}.tar`, as shells write them.
enum BracePattern {
    /// More names than any data set has shards.
    static let limit = 100_000
    /// Bytes of a pattern; each of its names may be as long.
    private static let longest = 1024

    /// All names, in the order of the pattern; the text itself where it has no braces.
    /// - Throws: `source.address`.
    static func expand(_ text: String) throws -> [String] {
        guard text.utf8.count <= longest else { throw unusable(String(text.prefix(80)) + "…", "it has more than \(longest) bytes") }
        var names = [""]
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw unusable(text, "a brace is not closed") }
            let inner = rest[rest.index(after: open)..<close]
            let parts = try alternatives(inner, in: text)
            guard names.count <= limit / parts.count else { throw unusable(text, "it stands for more than \(limit) names") }
            let before = rest[..<open]
            names = names.flatMap { name in parts.map { name + before + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { throw unusable(text, "a brace is not opened") }
        return names.map { $0 + rest }
    }

    private static func alternatives(_ inner: Substring, in text: String) throws -> [String] {
        if inner.contains(",") { return inner.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let dots = inner.firstRange(of: "..") else { throw unusable(text, "{\(inner)} is neither a range nor a list") }
        let ends = (inner[..<dots.lowerBound], inner[dots.upperBound...])
        let areDigits = [ends.0, ends.1].allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard areDigits, let first = Int(ends.0), let last = Int(ends.1), first <= last, last - first < limit else {
            throw unusable(text, "{\(inner)} is no range of up to \(limit) numbers")
        }
        let isPadded = ends.0.hasPrefix("0") && ends.0.utf8.count > 1 || ends.1.hasPrefix("0") && ends.1.utf8.count > 1
        let width = isPadded ? max(ends.0.utf8.count, ends.1.utf8.count) : 0
        return (first...last).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
    }

    private static func unusable(_ text: String, _ why: String) -> Failure {
        Failure(
            .sourceAddress, "the pattern \(text) cannot be used: \(why)", remedy: "write it as shells do: name-{000000..000063}.tar")
    }
}
