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
        let (raw, separator) = try Self.cells(of: file, isFile: isFile)
        guard let width = raw.first?.count else { return }
        let fileColumn = try Self.fileColumn(raw, file, isFile: isFile)
        let cells = raw.map { fields in fields.enumerated().map { $0 == fileColumn ? $1 : LabelText.trimmed($1) } }
        let hasHeader = Self.isHeader(cells, fileColumn, isFile: isFile)
        let body = hasHeader ? cells[1...] : cells[...]
        let others = (0..<width).filter { $0 != fileColumn }
        let labelColumn =
            if others.count == 1 {
                others[0]
            } else {
                try Self.labelColumn(
                    body, others, header: hasHeader ? cells[0] : nil, file, classNames: classNames, areWords: separator == .blanks)
            }
        rows = zip(file.lines.dropFirst(hasHeader ? 1 : 0), body).map { line, fields in
            Row(line: line.number, name: fields[fileColumn], value: fields[labelColumn])
        }
    }

    /// The fields of all lines, split at what gives most lines the first one's number of them, and files' names among them.
    private static func cells(of file: LabelFile, isFile: (String) -> Bool) throws -> ([[String]], LabelFields.Separator?) {
        guard let first = file.lines.first else { return ([], nil) }
        var best: (separator: LabelFields.Separator, named: Int, lines: Int)?
        for separator in LabelFields.Separator.allCases {
            guard let width = LabelFields.split(first.text, at: separator)?.count, width >= 2 else { continue }
            let fitting = file.lines.prefix(1000).lazy.map { LabelFields.split($0.text, at: separator) ?? [] }.prefix { $0.count == width }
            let (named, lines) = fitting.reduce((0, 0)) { ($0.0 + ($1.contains(where: isFile) ? 1 : 0), $0.1 + 1) }
            let mayFollow = !separator.isPair || best.map { $0.separator == .blanks || $0.named == 0 && named > 0 } ?? true
            if mayFollow, (named, lines) > best.map({ ($0.named, $0.lines) }) ?? (0, 0) { best = (separator, named, lines) }
        }
        guard let separator = best?.separator, let width = LabelFields.split(first.text, at: separator)?.count else {
            throw file.failure(
                line: first, "it has a single field: \(LabelText.cut(first.text))",
                remedy: "Write a file name and a label on each line, between commas, semicolons, tabs or blanks.")
        }
        let cells = try file.lines.map { line in
            guard let fields = LabelFields.split(line.text, at: separator), fields.count == width else {
                throw file.failure(
                    line: line, "it has not the \(width) fields of the first line, or its quotes do not match: \(LabelText.cut(line.text))",
                    remedy: "Write the same fields on each line, and quote those that hold the separator.")
            }
            return fields
        }
        return (cells, separator)
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

    /// - Parameter areWords: whether blanks part the fields, so that two of them may be one name.
    private static func labelColumn(
        _ body: ArraySlice<[String]>, _ columns: [Int], header: [String]?, _ file: LabelFile, classNames: Set<String>, areWords: Bool
    ) throws -> Int {
        func fits(_ column: Int, _ test: (String) -> Bool) -> Bool { !body.isEmpty && body.allSatisfy { test($0[column]) } }
        func isNumber(_ column: Int) -> Bool { fits(column) { LabelText.number($0).map { $0 >= 0 } ?? false } }
        let choices = columns.map { "column \($0 + 1) (\(LabelText.cut(body.first?[$0] ?? "")))" }.joined(separator: ", ")
        let ambiguous = file.failure(
            line: file.lines[0], "several columns may be the label: \(choices)",
            remedy: "Leave all columns out but the file and the label, or call the label's \"label\" in a header.")
        if !classNames.isEmpty {
            let known = columns.filter { fits($0, classNames.contains) }
            if known.count == 1 { return known[0] }
        }
        let named = header.map { labelled(columns, by: $0) } ?? []
        // Beside class names, numbers say which class each is.
        let numbered = named.filter(isNumber)
        if let number = numbered.first {
            guard numbered.count == 1, named.allSatisfy({ isSamePartition(body, $0, number) }) else { throw ambiguous }
            return number
        }
        let synsets = columns.filter { fits($0, SynsetTable.isSynset) }
        if synsets.count == 1 { return synsets[0] }
        if let first = named.first {
            guard named.allSatisfy({ isSamePartition(body, $0, first) }) else { throw ambiguous }
            return first
        }
        let varied = columns.filter { column in
            let values = Set(body.map { $0[column] })
            return values.count > 1 && values.count < max(2, body.count)
        }
        let numbers = varied.filter(isNumber)
        if numbers.count == 1, varied.allSatisfy({ $0 == numbers[0] || isSamePartition(body, $0, numbers[0]) }) { return numbers[0] }
        guard numbers.isEmpty, varied.count == 1, !areWords || columns.allSatisfy({ $0 == varied[0] || isNumber($0) }) else {
            throw ambiguous
        }
        return varied[0]
    }

    /// The columns that a header says are labels, the likeliest first.
    private static func labelled(_ columns: [Int], by header: [String]) -> [Int] {
        let words = header.map { $0.lowercased().filter(\.isLetter) }
        let named = labelNames.flatMap { name in columns.filter { words[$0] == name } }
        // x and y are places, unless y stands alone.
        let isPlace = named.contains { words[$0] != "y" } || words.contains("x")
        return named.filter { words[$0] != "y" || !isPlace }
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
