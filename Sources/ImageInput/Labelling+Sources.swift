import Diagnostics

extension Labelling {
    /// torchvision's `ImageFolder`: each folder at the top is a class, and one without images is an error.
    init(classFoldersOf tree: FileTree, order: ClassOrder?) throws {
        var tree = tree
        let root = tree.name
        var names = try tree.subfolders()
        guard !names.isEmpty else {
            throw Failure(
                .dataSetEmpty, "\(root) has no class folders.",
                remedy: "Name a folder with one folder per class, or give a label list for a folder that holds the images themselves.")
        }
        try Self.requireClasses(names, tree)
        let numbers = names.compactMap { Int($0) }
        var notices: [String] = []
        var classes = names.map { ImageClass(name: $0) }
        var indices: [[UInt8]: Int] = [:]
        switch order {
        case nil:
            if numbers.count == names.count, numbers != numbers.sorted() {
                notices.append(
                    "the class folders are numbers and stand in the order of text, as torchvision has them (\(names.prefix(3).joined(separator: ", "))"
                        + ", …); --class-order numeric takes them as numbers")
            }
        case .numeric:
            guard numbers.count == names.count else {
                throw Failure(
                    .labelMismatch, "\(root) has class folders that are no numbers.", remedy: "Leave --class-order numeric out.")
            }
            names = zip(numbers, names).sorted { $0.0 < $1.0 }.map(\.1)
            classes = names.map { ImageClass(name: $0) }
        case .file(let path):
            classes = try Self.orderedClasses(path)
        case .synsets(let path):
            classes = try Self.synsetClasses(path)
        case .map(let path):
            let map = try ClassMap(path: path)
            classes = map.classes(of: names)
            indices = Dictionary(names.compactMap { name in map[name].map { (name.bytewiseKey, $0) } }) { first, _ in first }
        }
        if names.count < classes.count {
            notices.append("the folders are \(names.count) of the \(classes.count.counted("class"))")
        }
        if indices.isEmpty { indices = Dictionary(classes.enumerated().map { ($1.name.bytewiseKey, $0) }) { first, _ in first } }
        var problems = ProblemList()
        var images: [(path: String, label: Int)] = []
        for name in names {
            guard let label = indices[name.bytewiseKey] else {
                problems.add("class folder", "that the list of classes does not have", name)
                continue
            }
            let files = try tree.imageFiles(below: name)
            if files.isEmpty { problems.add("class folder", "without an image", name) }
            images += files.map { ("\(name)/\($0)", label) }
        }
        try problems.throwIfAny(
            .dataSetEmpty, root, remedy: "Remove the folders, or fill them: their number decides what labels mean.")
        self.classes = classes
        self.images = images
        self.notices = notices + tree.notices
        self.leftOut = tree.leftOut
    }

    private static let partNames: Set<String> = [
        "train", "training", "val", "valid", "validation", "test", "testing", "dev", "eval",
    ]

    /// - Throws: `dataset.empty` for the folder above those that were meant.
    private static func requireClasses(_ names: [String], _ tree: FileTree) throws {
        let root = tree.name
        let parts = names.filter { partNames.contains($0.lowercased()) }
        guard parts.count == names.count,
            parts.contains(where: { ["train", "training", "val", "valid", "validation"].contains($0.lowercased()) })
        else { return }
        throw Failure(
            .dataSetEmpty,
            "\(root) holds \(names.count == 1 ? "only \(names[0]), which is a part" : "\(names.joined(separator: " and ")), which are parts") of a data "
                + "set and no \(names.count == 1 ? "class" : "classes").",
            remedy: tree.isArchive
                ? "Unpack it and name one of its folders, or make an archive of one of them."
                : "Name one of them: \(root)/\(parts.first { $0.lowercased().hasPrefix("val") } ?? parts[0]).")
    }

    /// Classes in the order of a file's lines; of lines that begin with a synset the synset is the folder's name.
    private static func orderedClasses(_ path: String) throws -> [ImageClass] {
        try namedClasses(path).map { one in
            let words = one.name.split(separator: " ", maxSplits: 1)
            guard words.count == 2, SynsetTable.isSynset(String(words[0])) else { return one }
            return ImageClass(name: String(words[0]), title: String(words[1]))
        }
    }

    /// A table of file names and class indices or class names.
    init(_ tree: FileTree, list path: String, classNames: String?, classMap: String?, synsets: String?) throws {
        var tree = tree
        let map = try classMap.map { try ClassMap(path: $0) }
        let named = try classNames.map { try Self.namedClasses($0) } ?? synsets.map { try Self.synsetClasses($0) }
        let files = try Self.flatFiles(of: &tree)
        var notices: [String] = []
        let known = ListedFiles(files)
        let table = try LabelTable(
            LabelFile(path: path),
            isFile: { !known.places(of: $0).isEmpty },
            classNames: Set(named?.map(\.name) ?? []))
        let numbers = table.rows.compactMap { LabelText.number($0.value) }
        let areNames =
            named.map { names in
                table.rows.allSatisfy { row in names.contains { $0.name == row.value } } && numbers.count < table.rows.count
            } ?? false
        guard numbers.isEmpty || numbers.count == table.rows.count || areNames else {
            let odd = table.rows.first { LabelText.number($0.value) == nil }
            throw Failure(
                .labelList,
                "\(path) mixes class indices (\(numbers.count)) and class names (\(table.rows.count - numbers.count)), such as "
                    + "\(LabelText.cut(odd?.value ?? "")) in line \(odd?.line ?? 0).",
                remedy: "Write either indices or names.")
        }
        if named == nil, map == nil,
            let odd = table.rows.first(where: { LabelText.decimal($0.value) != nil && LabelText.number($0.value) == nil })
        {
            throw Failure(
                .labelList, "\(path), line \(odd.line): \(LabelText.cut(odd.value)) is a number and no class index.",
                remedy: "Write whole numbers, or class names; names that look like numbers need --class-names.")
        }
        var problems = ProblemList()
        let classes: [ImageClass]
        let rows: [Row]
        if let map {
            classes = map.classes(of: Set(table.rows.map(\.value)).sorted { $0.precedesBytewise($1) })
            rows = table.rows.compactMap { row in
                guard let label = map[row.value] else {
                    problems.add("label", "that the class map does not have", "line \(row.line): \(row.value)")
                    return nil
                }
                return Row(line: row.line, name: row.name, label: label)
            }
        } else if !numbers.isEmpty, !areNames {
            classes = named ?? Self.numberedClasses(numbers)
            rows = zip(table.rows, numbers).map { Row(line: $0.line, name: $0.name, label: $1) }
            let distinct = Set(numbers)
            if named == nil, distinct.min() == 1, distinct.max() == distinct.count, distinct.count > 1 {
                notices.append(
                    "the labels of \(path) count from 1 to \(distinct.count), and networks number their classes from 0: where 1 is the first class, say so "
                        + "with --class-map")
            }
        } else {
            classes = try named ?? Self.sortedDistinct(table.rows.map(\.value), path).map { ImageClass(name: $0) }
            if named == nil {
                notices.append(
                    "the labels of \(path) are read as \(classes.count.counted("class name")), numbered in sorted order: "
                        + classes.prefix(5).map { LabelText.cut($0.name) }.joined(separator: ", ") + (classes.count > 5 ? ", …" : ""))
            } else if classes.allSatisfy({ SynsetTable.isSynset($0.name) }), classes.map(\.name) != classes.map(\.name).sorted() {
                notices.append("the synsets of \(classNames ?? "") are not in sorted order, in which torchvision numbers class folders")
            }
            let indices = Dictionary(classes.enumerated().map { ($1.name.bytewiseKey, $0) }) { first, _ in first }
            rows = table.rows.compactMap { row in
                guard let label = indices[row.value.bytewiseKey] else {
                    problems.add("class name", "not known", "line \(row.line): \(row.value)")
                    return nil
                }
                return Row(line: row.line, name: row.name, label: label)
            }
        }
        try self.init(classes: classes, rows: rows, files: files, list: path, tree: tree, problems: problems)
        self.notices += notices
    }

    /// `LOC_val_solution.csv`: image, and one or more of "synset x1 y1 x2 y2".
    init(_ tree: FileTree, solution: String, synsets: String) throws {
        var tree = tree
        let classes = try SynsetTable.sortedClasses(mapping: synsets)
        let indices = Dictionary(classes.enumerated().map { ($1.name.bytewiseKey, $0) }) { first, _ in first }
        var problems = ProblemList()
        var pairs = try LabelFile(path: solution).pairs()
        if pairs.first?.name == "ImageId" { pairs.removeFirst() }
        let rows = pairs.compactMap { pair -> Row? in
            let words = pair.value.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            let names = Set(stride(from: 0, to: words.count, by: 5).map { words[$0].bytewiseKey })
            guard names.count == 1, let label = names.first.flatMap({ indices[$0] }) else {
                problems.add("row", "without one known synset", "line \(pair.line): \(pair.name)")
                return nil
            }
            return Row(line: pair.line, name: pair.name, label: label)
        }
        let files = try Self.flatFiles(of: &tree)
        try self.init(classes: classes, rows: rows, files: files, list: solution, tree: tree, problems: problems)
    }

    /// `ILSVRC2012_validation_ground_truth.txt`: line n holds the number of the image whose file name ends in n.
    init(_ tree: FileTree, numbers path: String, synsets: String?) throws {
        var tree = tree
        guard let synsets else {
            throw Failure(
                .labelNumbersUnexplained,
                "\(path) holds ILSVRC2012 numbers, which are not the order of the sorted synsets that networks are trained with: read as such, a "
                    + "perfect network would score 0.1 %.",
                remedy: "Give a table of number and synset, one pair a line, from the development kit's meta.mat.")
        }
        let (classes, indices) = try SynsetTable.numbered(path: synsets)
        let file = try LabelFile(path: path)
        var problems = ProblemList()
        let files = try Self.flatFiles(of: &tree)
        var filesByNumber: [Int: String] = [:]
        for name in files {
            let digits = String(
                decoding: name.withoutExtension.utf8.reversed().prefix { (0x30...0x39).contains($0) }.reversed(), as: UTF8.self)
            guard let number = Int(digits) else {
                problems.add("file name", "without a number at its end", name)
                continue
            }
            if filesByNumber.updateValue(name, forKey: number) != nil { problems.add("file", "of a number that another has", name) }
        }
        let rows = file.lines.compactMap { line -> Row? in
            let word = String(decoding: line.text.utf8.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
            guard let label = Int(word).flatMap({ indices[$0] }) else {
                problems.add("line", "without a number of \(synsets)", "line \(line.number)")
                return nil
            }
            guard let name = filesByNumber[line.number] else {
                problems.add("label", "without a file", "line \(line.number)")
                return nil
            }
            return Row(line: line.number, name: name, label: label)
        }
        try self.init(classes: classes, rows: rows, files: files, list: path, tree: tree, problems: problems)
    }

    /// Classes that a file may list, and bytes of a class's name.
    static let maximumClasses = 100_000
    private static let maximumNameLength = 1000

    package static func namedClasses(_ path: String) throws -> [ImageClass] {
        let file = try LabelFile(path: path)
        let names = file.lines.map { LabelText.trimmed(String($0.text)) }
        var seen: Set<[UInt8]> = []
        for (line, name) in zip(file.lines, names) where !seen.insert(name.bytewiseKey).inserted {
            throw file.failure(line: line, "\(LabelText.cut(name)) stands there twice", remedy: "Write each class once.")
        }
        try checkClasses(names, path)
        return names.map { ImageClass(name: $0) }
    }

    /// Sorted synsets by their names alone.
    package static func synsetClasses(_ path: String) throws -> [ImageClass] {
        try SynsetTable.sortedClasses(path: path).map { ImageClass(name: $0.name) }
    }

    /// Classes without names for indices up to the highest that occurs. An index that no network has is left to be told as outside of them.
    package static func numberedClasses(_ numbers: [Int]) -> [ImageClass] {
        let highest = numbers.filter { (0..<maximumClasses).contains($0) }.max() ?? -1
        return (0..<highest + 1).map { ImageClass(name: String($0)) }
    }

    private static func sortedDistinct(_ names: [String], _ path: String) throws -> [String] {
        let distinct = Set(names.map(\.bytewiseKey)).map { String(decoding: $0, as: UTF8.self) }.sorted { $0.precedesBytewise($1) }
        try checkClasses(distinct, path)
        return distinct
    }

    private static func checkClasses(_ names: [some StringProtocol], _ path: String) throws {
        guard names.count <= maximumClasses else {
            throw Failure(
                .labelList, "\(path) names \(names.count.counted("class")), and \(maximumClasses) at most are known.",
                remedy: "Check that it is the right file.")
        }
        if let name = names.first(where: { $0.utf8.count > maximumNameLength }) {
            throw Failure(
                .labelList, "\(path) has a class name of \(name.utf8.count) bytes: \(LabelText.cut(name)).",
                remedy: "Shorten it to \(maximumNameLength) bytes.")
        }
    }
}
