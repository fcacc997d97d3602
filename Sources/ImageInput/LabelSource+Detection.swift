import Diagnostics

extension LabelSource {
    /// What a file of labels is, by its first lines.
    /// - Parameters:
    ///   - classNames: a text file of one class name a line.
    ///   - synsets: a text file of synsets: `LOC_synset_mapping.txt`, or a table of the development kit's numbers.
    ///   - classMap: a file that says which of a network's classes each label is.
    /// - Throws: `dataset.labelList`; `dataset.synsets_missing` where the order of synsets has to be known and is not given.
    package init(labelFile path: String, classNames: String?, synsets: String?, classMap: String?) throws {
        let first = try LabelFile(path: path).lines.prefix(2)
        if let text = first.first?.text, text.hasPrefix("{") || text.hasPrefix("[") {
            throw Failure(
                .labelList, "\(path) is JSON, and labels are read from tables.",
                remedy: "Write a file name and a label on each line, between commas.")
        }
        if let line = first.first, Self.isLocalization(line.text) || first.last.map({ Self.isLocalization($0.text) }) == true {
            guard let synsets else {
                throw Failure(
                    Failure.Code("dataset.synsets_missing"), "\(path), line \(line.number): it names synsets, whose order has to be known",
                    remedy: "name LOC_synset_mapping.txt with --synsets")
            }
            try Self.refuse(classMap, path)
            self = .localization(solution: path, synsets: synsets)
        } else if let line = first.first, LabelFields.split(line.text, at: .blanks).map({ $0.count == 1 && Int($0[0]) != nil }) == true {
            try Self.refuse(classMap, path)
            self = .groundTruth(numbers: path, synsets: synsets)
        } else {
            self = .list(path: path, classNames: classNames, classMap: classMap, synsets: synsets)
        }
    }

    /// Whether a line is a file and "synset x1 y1 x2 y2", once or several times, or the header of such lines.
    private static func isLocalization(_ line: Substring) -> Bool {
        guard let fields = LabelFields.split(line, at: .comma), fields.count == 2 else { return false }
        if fields.map({ $0.lowercased() }) == ["imageid", "predictionstring"] { return true }
        let words = fields[1].split(separator: " ")
        return words.count >= 5 && words.count.isMultiple(of: 5) && SynsetTable.isSynset(String(words[0]))
    }

    private static func refuse(_ classMap: String?, _ path: String) throws {
        guard classMap != nil else { return }
        throw Failure(
            .labelList, "\(path) has the labels of ImageNet's own lists, which a class map says nothing of",
            remedy: "Leave --class-map out.")
    }
}
