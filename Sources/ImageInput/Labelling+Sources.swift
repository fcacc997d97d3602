import Diagnostics

extension Labelling {
    /// torchvision's `ImageFolder`: each folder of `root` is a class, and one without images is an error.
    init(classFoldersOf tree: FileTree) throws {
        let names = try tree.subfolders()
        guard !names.isEmpty else {
            throw Failure(
                .dataSetEmpty, "\(tree.name) has no class folders.",
                remedy: "Name a folder with one folder per class, or give a label list for a folder that holds the images themselves.")
        }
        var problems = ProblemList()
        var images: [(path: String, label: Int)] = []
        for (label, name) in names.enumerated() {
            let files = try tree.imageFiles(below: name)
            if files.isEmpty { problems.add("class folders without an image", name) }
            images += files.map { ("\(name)/\($0)", label) }
        }
        try problems.throwIfAny(
            .dataSetEmpty, tree.name, remedy: "Remove the empty folders, or fill them: their number decides what labels mean.")
        self.classes = names.map { ImageClass(name: $0) }
        self.images = images
    }

    /// A CSV of file names and class indices or class names.
    init(_ tree: FileTree, list path: String, classNames: String?) throws {
        var pairs = try LabelFile(path: path).pairs()
        let headers: Set<String> = ["file", "filename", "file_name", "name", "image", "imageid", "image_id", "path", "id"]
        if let first = pairs.first, headers.contains(first.name.lowercased()) { pairs.removeFirst() }
        let numbers = pairs.compactMap { Int($0.value) }
        guard numbers.isEmpty || numbers.count == pairs.count else {
            throw Failure(
                .labelList, "\(path) mixes class indices (\(numbers.count)) and class names (\(pairs.count - numbers.count)).",
                remedy: "Write either indices or names.")
        }
        var problems = ProblemList()
        let classes: [ImageClass]
        let rows: [Row]
        if !numbers.isEmpty {
            classes = try classNames.map { try Self.namedClasses($0) } ?? Self.numberedClasses(numbers)
            rows = zip(pairs, numbers).map { Row(line: $0.line, name: $0.name, label: $1) }
        } else {
            classes =
                try classNames.map { try Self.namedClasses($0) } ?? Self.sortedDistinct(pairs.map(\.value)).map { ImageClass(name: $0) }
            let indices = Dictionary(classes.enumerated().map { ($1.name.bytewiseKey, $0) }) { first, _ in first }
            rows = pairs.compactMap { pair in
                guard let label = indices[pair.value.bytewiseKey] else {
                    problems.add("unknown class names", "line \(pair.line): \(pair.value)")
                    return nil
                }
                return Row(line: pair.line, name: pair.name, label: label)
            }
        }
        try self.init(classes: classes, rows: rows, files: Self.flatFiles(of: tree), list: path, tree: tree, problems: problems)
    }

    /// `LOC_val_solution.csv`: image, and one or more of "synset x1 y1 x2 y2".
    init(_ tree: FileTree, solution: String, synsets: String) throws {
        let classes = try SynsetTable.sortedClasses(mapping: synsets)
        let indices = Dictionary(classes.enumerated().map { ($1.name.bytewiseKey, $0) }) { first, _ in first }
        var problems = ProblemList()
        var pairs = try LabelFile(path: solution).pairs()
        if pairs.first?.name == "ImageId" { pairs.removeFirst() }
        let rows = pairs.compactMap { pair -> Row? in
            let words = pair.value.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            let names = Set(stride(from: 0, to: words.count, by: 5).map { words[$0].bytewiseKey })
            guard names.count == 1, let label = names.first.flatMap({ indices[$0] }) else {
                problems.add("rows without one known synset", "line \(pair.line): \(pair.name)")
                return nil
            }
            return Row(line: pair.line, name: pair.name, label: label)
        }
        try self.init(classes: classes, rows: rows, files: Self.flatFiles(of: tree), list: solution, tree: tree, problems: problems)
    }

    /// `ILSVRC2012_validation_ground_truth.txt`: line n holds the number of the image whose file name ends in n.
    init(_ tree: FileTree, numbers path: String, synsets: String?) throws {
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
        let files = try Self.flatFiles(of: tree)
        var filesByNumber: [Int: String] = [:]
        for name in files {
            let digits = String(
                decoding: name.withoutExtension.utf8.reversed().prefix { (0x30...0x39).contains($0) }.reversed(), as: UTF8.self)
            guard let number = Int(digits) else {
                problems.add("file names that do not end in a number", name)
                continue
            }
            if filesByNumber.updateValue(name, forKey: number) != nil { problems.add("files of a number that another has", name) }
        }
        let rows = file.lines.compactMap { line -> Row? in
            let word = String(decoding: line.text.utf8.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
            guard let label = Int(word).flatMap({ indices[$0] }) else {
                problems.add("lines that are no number of \(synsets)", "line \(line.number)")
                return nil
            }
            guard let name = filesByNumber[line.number] else {
                problems.add("labels without a file", "line \(line.number)")
                return nil
            }
            return Row(line: line.number, name: name, label: label)
        }
        try self.init(classes: classes, rows: rows, files: files, list: path, tree: tree, problems: problems)
    }

    package static func namedClasses(_ path: String) throws -> [ImageClass] {
        let file = try LabelFile(path: path)
        var seen: Set<[UInt8]> = []
        for line in file.lines where !seen.insert(Array(line.text.utf8)).inserted {
            throw file.failure(line: line, "\(line.text) stands there twice", remedy: "Write each class once.")
        }
        return file.lines.map { ImageClass(name: String($0.text)) }
    }

    /// Classes without names for indices up to the highest that occurs. An index that no network has is left to be told as outside of them.
    package static func numberedClasses(_ numbers: [Int]) -> [ImageClass] {
        let highest = numbers.filter { (0..<1_000_000).contains($0) }.max() ?? -1
        return (0..<highest + 1).map { ImageClass(name: String($0)) }
    }

    private static func sortedDistinct(_ names: [String]) -> [String] {
        Set(names.map(\.bytewiseKey)).map { String(decoding: $0, as: UTF8.self) }.sorted { $0.precedesBytewise($1) }
    }
}
