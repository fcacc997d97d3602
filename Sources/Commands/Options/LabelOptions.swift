internal import ArgumentParser
internal import ImageInput

/// Where a data set's labels come from.
struct LabelOptions: ParsableArguments {
    @Option(
        help: """
            Labels of a flat folder: a table of file names and class indices or class names, LOC_val_solution.csv, or \
            ILSVRC2012_validation_ground_truth.txt.
            """)
    var labels: String?

    @Option(
        help:
            "A text file of one class a line, in the order of the indices: with a table or labels in archives, its class names; with class folders, their order."
    )
    var classNames: String?

    @Option(help: "With class folders that are numbers: text, the order of torchvision, or numeric.")
    var classOrder = ClassOrderOption.text

    @Option(
        help: """
            A file of synsets: LOC_synset_mapping.txt, or a text table of the development kit's numbers and their synsets. LOC_val_solution.csv \
            and the ground truth file need it; class folders and tables that name synsets are numbered by it, also where they have only some \
            of them.
            """)
    var synsets: String?

    @Option(
        help: """
            A file that says which class of the network each class of the data set is: lines of name and index, or a JSON object of them.
            """)
    var classMap: String?

    func validate() throws {
        let orders = [classNames != nil, classOrder == .numeric, synsets != nil, classMap != nil].count { $0 }
        guard labels != nil || orders <= 1 || classMap == nil && classOrder == .text else {
            throw ValidationError("--class-names, --class-order, --synsets and --class-map each say how classes are numbered: choose one")
        }
        guard labels == nil || classOrder == .text else { throw ValidationError("--class-order is for class folders, without --labels") }
        guard classMap == nil || classNames == nil && synsets == nil else {
            throw ValidationError("--class-map goes with neither --class-names nor --synsets")
        }
    }

    /// Whether none was given.
    var isEmpty: Bool { labels == nil && classNames == nil && classOrder == .text && synsets == nil && classMap == nil }

    func source() throws -> LabelSource {
        if let labels {
            return try LabelSource(labelFile: labels, classNames: classNames, synsets: synsets, classMap: classMap)
        }
        if let classMap { return .orderedFolders(.map(classMap)) }
        if let classNames { return .orderedFolders(.file(classNames)) }
        if let synsets { return .orderedFolders(.synsets(synsets)) }
        return classOrder == .numeric ? .orderedFolders(.numeric) : .classFolders
    }

    /// What people call the synsets that are the classes, where that is told.
    func titles() throws -> [String: String]? { try labels == nil ? synsets.map { try SynsetTitles.read(path: $0) } : nil }
}

/// How class folders that are numbers are ordered.
enum ClassOrderOption: String, CaseIterable, ExpressibleByArgument {
    case text, numeric
}
