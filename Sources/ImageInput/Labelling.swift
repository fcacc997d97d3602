import Diagnostics

/// The images of a folder with their labels, before any of them is opened.
package struct Labelling {
    package var classes: [ImageClass]
    /// In manifest order.
    package var images: [(path: String, label: Int)]
    /// What a user should know of how files and labels were read.
    package var notices: [String] = []
    /// What is there and no image of the data set, by why.
    package var leftOut = ProblemList()

    /// - Throws: `dataset.folder`, `dataset.empty`, `dataset.linkLoop`, `dataset.labelList`, `dataset.labels`,
    ///   `dataset.groundTruthNumbers`.
    package init(_ tree: FileTree, source: LabelSource) throws {
        switch source {
        case .classFolders:
            try self.init(classFoldersOf: tree, order: nil)
        case .orderedFolders(let order):
            try self.init(classFoldersOf: tree, order: order)
        case .list(let path, let classNames, let classMap, let synsets):
            try self.init(tree, list: path, classNames: classNames, classMap: classMap, synsets: synsets)
        case .localization(let solution, let synsets):
            try self.init(tree, solution: solution, synsets: synsets)
        case .groundTruth(let numbers, let synsets):
            try self.init(tree, numbers: numbers, synsets: synsets)
        }
    }

    /// One row of a label list.
    struct Row {
        var line: Int
        var name: String
        var label: Int
    }

    /// The files of a flat folder, in bytewise order of their paths.
    static func flatFiles(of tree: inout FileTree) throws -> [String] {
        let files = try tree.imageFiles().sorted { $0.precedesBytewise($1) }
        guard !files.isEmpty else {
            throw Failure(.dataSetEmpty, "\(tree.name) has no image files.", remedy: "Name the folder that holds the images.")
        }
        return files
    }

    /// Brings rows and files together: each file must have exactly one row. A row names a file as ``ListedFiles`` finds it.
    init(classes: [ImageClass], rows: [Row], files: [String], list: String, tree: FileTree, problems: ProblemList = ProblemList()) throws {
        var problems = problems
        let known = ListedFiles(files)
        var labels = [Int?](repeating: nil, count: files.count)
        for row in rows {
            let candidates = known.places(of: row.name)
            if candidates.count > 1 {
                problems.add("name", "of several files", "line \(row.line): \(row.name)")
            } else if let place = candidates.first {
                if !classes.indices.contains(row.label) {
                    problems.add("label", "outside the \(classes.count.counted("class"))", "line \(row.line): \(row.label)")
                }
                if labels[place] != nil { problems.add("label", "for a file that already has one", "line \(row.line): \(row.name)") }
                labels[place] = row.label
            } else {
                problems.add("label", "without a file", "line \(row.line): \(row.name)")
            }
        }
        for (file, label) in zip(files, labels) where label == nil { problems.add("file", "without a label", file) }
        try problems.throwIfAny(
            .labelMismatch, "\(list) does not fit the images of \(tree.name)",
            remedy: "Every image needs exactly one label, and every label an image.")
        self.notices = tree.notices
        self.leftOut = tree.leftOut
        self.classes = classes
        self.images = zip(files, labels).compactMap { file, label in label.map { (file, $0) } }
    }
}
