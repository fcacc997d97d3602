import Diagnostics

/// A list of files and labels in columns, as people have them: which column names the files and which the labels is told from what stands in
/// them.
struct LabelTable {
    struct Row {
        var line: Int
        var name: String
        var value: String
    }

    /// The rows without the header.
    private(set) var rows: [Row] = []

    /// Names of columns that hold labels, the likeliest first.
    private static let labelNames = [
        "label", "labels", "class", "classindex", "classid", "classidx", "target", "category", "categoryid", "synset", "wnid", "classname",
        "y",
    ]
    private static let imageExtensions = FolderListing.imageExtensions.union(["gif"])

    /// - Parameters:
    ///   - isFile: whether a text names a file of the folder.
    ///   - classNames: the classes that labels may name; empty where that is not known.
    /// - Throws: `dataset.labelList` where the columns cannot be told apart, with the first line and the choices.
    init(_ file: LabelFile, isFile: (String) -> Bool, classNames: Set<String>) throws {
        let cells = try Self.cells(of: file)
        guard let width = cells.first?.count else { return }
        let fileColumn = try Self.fileColumn(cells, file, isFile: isFile)
        let hasHeader = Self.isHeader(cells, fileColumn, isFile: isFile)
        let body = hasHeader ? cells[1...] : cells[...]
        let others = (0..<width).filter { $0 != fileColumn }
        let labelColumn =
            if others.count == 1 {
                others[0]
            } else {
                try Self.labelColumn(body, others, header: hasHeader ? cells[0] : nil, file, classNames: classNames)
            }
        rows = zip(file.lines.dropFirst(hasHeader ? 1 : 0), body).map { line, fields in
            Row(line: line.number, name: fields[fileColumn], value: fields[labelColumn])
        }
    }

    /// The fields of all lines, split at what gives each line the same number of them.
    private static func cells(of file: LabelFile) throws -> [[String]] {
        guard let first = file.lines.first else { return [] }
        var best: (separator: LabelFields.Separator, lines: Int)?
        for separator in LabelFields.Separator.allCases {
            guard let width = LabelFields.split(first.text, at: separator)?.count, width >= 2 else { continue }
            let fitting = file.lines.prefix(1000).prefix { LabelFields.split($0.text, at: separator)?.count == width }.count
            if fitting > best?.lines ?? 0 { best = (separator, fitting) }
        }
        guard let separator = best?.separator, let width = LabelFields.split(first.text, at: separator)?.count else {
            throw file.failure(
                line: first, "it has a single field: \(LabelText.cut(first.text))",
                remedy: "Write a file name and a label on each line, between commas, semicolons, tabs or blanks.")
        }
        return try file.lines.map { line in
            guard let fields = LabelFields.split(line.text, at: separator), fields.count == width else {
                throw file.failure(
                    line: line, "it has not the \(width) fields of the first line, or its quotes do not match: \(LabelText.cut(line.text))",
                    remedy: "Write the same fields on each line, and quote those that hold the separator.")
            }
            return fields
        }
    }

    private static func fileColumn(_ cells: [[String]], _ file: LabelFile, isFile: (String) -> Bool) throws -> Int {
        let counts = cells[0].indices.map { column in cells.count { isFile($0[column]) } }
        let most = counts.max() ?? 0
        let candidates = counts.indices.filter { counts[$0] == most }
        if candidates.count == 1 { return candidates[0] }
        // Numbers of rows may be names of files without their extension; names with one are meant.
        let named = candidates.filter { column in
            cells.contains { imageExtensions.contains($0[column].lowercasedExtension) }
        }
        if named.count == 1 { return named[0] }
        if most == 0, cells[0].count == 2 { return 0 }
        throw file.failure(
            line: file.lines[0],
            most == 0
                ? "no column names files of the folder: \(LabelText.cut(file.lines[0].text))"
                : "columns \(candidates.map { "\($0 + 1)" }.joined(separator: " and ")) both name files of the folder: "
                    + LabelText.cut(file.lines[0].text),
            remedy: most == 0 ? "Name each file by its path below the folder." : "Leave all columns out but the file and the label.")
    }

    /// A first line that names no file, looks like none, and stands above lines that do.
    private static func isHeader(_ cells: [[String]], _ column: Int, isFile: (String) -> Bool) -> Bool {
        let name = cells[0][column]
        guard !isFile(name), !imageExtensions.contains(name.lowercasedExtension), !name.contains("/") else { return false }
        let words = cells[0].map { $0.lowercased().filter(\.isLetter) }
        let isKnown = ["file", "filename", "name", "image", "imageid", "imagename", "path", "id", "img"].contains(words[column])
        let looksLikeWords = cells[0].allSatisfy { LabelText.number($0) == nil }
        return isKnown || cells.count > 1 && looksLikeWords && cells.dropFirst().contains { isFile($0[column]) }
    }

    private static func labelColumn(
        _ body: ArraySlice<[String]>, _ columns: [Int], header: [String]?, _ file: LabelFile, classNames: Set<String>
    ) throws -> Int {
        func fits(_ column: Int, _ test: (String) -> Bool) -> Bool { !body.isEmpty && body.allSatisfy { test($0[column]) } }
        if !classNames.isEmpty {
            let known = columns.filter { fits($0, classNames.contains) }
            if known.count == 1 { return known[0] }
        }
        let synsets = columns.filter { fits($0, SynsetTable.isSynset) }
        if synsets.count == 1 { return synsets[0] }
        if let header {
            let words = header.map { $0.lowercased().filter(\.isLetter) }
            for name in labelNames {
                let named = columns.filter { words[$0] == name }
                if named.count == 1 { return named[0] }
            }
        }
        let varied = columns.filter { column in
            let values = Set(body.map { $0[column] })
            return values.count > 1 && values.count < max(2, body.count)
        }
        let numbers = varied.filter { fits($0) { LabelText.number($0).map { $0 >= 0 } ?? false } }
        if numbers.count == 1, varied.allSatisfy({ $0 == numbers[0] || isSamePartition(body, $0, numbers[0]) }) { return numbers[0] }
        if numbers.isEmpty, varied.count == 1 { return varied[0] }
        let choices = columns.map { "column \($0 + 1) (\(LabelText.cut(body.first?[$0] ?? "")))" }.joined(separator: ", ")
        throw file.failure(
            line: file.lines[0], "several columns may be the label: \(choices)",
            remedy: "Leave all columns out but the file and the label, or call the label's \"label\" in a header.")
    }

    /// Whether two columns tell the same images apart.
    private static func isSamePartition(_ body: ArraySlice<[String]>, _ a: Int, _ b: Int) -> Bool {
        var there: [String: String] = [:]
        var back: [String: String] = [:]
        for row in body {
            if there.updateValue(row[b], forKey: row[a]).map({ $0 != row[b] }) == true { return false }
            if back.updateValue(row[a], forKey: row[b]).map({ $0 != row[a] }) == true { return false }
        }
        return true
    }
}

/// Text of label files, in messages and as numbers.
enum LabelText {
    /// At most 80 characters, control characters replaced.
    static func cut(_ text: some StringProtocol) -> String {
        let limit = 80
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < limit else { return result + "…" }
            let category = scalar.properties.generalCategory
            result.unicodeScalars.append(category == .control || category == .format ? "\u{FFFD}" : scalar)
        }
        return result
    }

    /// A whole number, also as `3.0`, as tables of floating-point numbers write it.
    static func number(_ text: String) -> Int? {
        if let number = Int(text) { return number }
        guard text.utf8.count <= 32, text.utf8.contains(UInt8(ascii: ".")), text.utf8.allSatisfy({ (0x2B...0x39).contains($0) }),
            let value = Double(text), value.magnitude < 1e15, value == value.rounded()
        else { return nil }
        return Int(value)
    }
}
