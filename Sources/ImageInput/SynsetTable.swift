import Diagnostics

/// WordNet synsets (`n01440764`) as ImageNet's text files list them. Class indices are their places in sorted order.
enum SynsetTable {
    /// Classes from lines of "synset title", as in `LOC_synset_mapping.txt`.
    /// - Throws: `dataset.labelList`.
    static func sortedClasses(mapping path: String) throws -> [ImageClass] {
        let file = try LabelFile(path: path)
        let classes = try file.lines.map { line -> ImageClass in
            let words = line.text.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard let name = words.first.flatMap({ synset(Substring($0)) }) else {
                throw file.failure(line: line, "it does not begin with a synset", remedy: "Write a synset (n01440764) and its title.")
            }
            return ImageClass(name: name, title: words.count > 1 ? String(Substring(words[1])) : nil)
        }
        return try sorted(classes, of: file)
    }

    /// Classes, and the class index of each ILSVRC2012 number, from lines that begin with number and synset, between blanks, tabs or commas.
    ///
    /// Where the table goes beyond 1000, as `meta.mat` does with inner nodes of the tree, only 1...1000 are classes.
    /// - Throws: `dataset.labelList`.
    static func numbered(path: String) throws -> (classes: [ImageClass], indices: [Int: Int]) {
        let file = try LabelFile(path: path)
        var synsets: [Int: String] = [:]
        var classes: [ImageClass] = []
        for line in file.lines {
            let words = line.text.utf8.split { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }.map { Substring($0) }
            guard words.count >= 2, let number = Int(words[0]), number > 0, let name = synset(words[1]) else {
                throw file.failure(
                    line: line, "it does not begin with a number and a synset", remedy: "Write a number and its synset: 1 n02119789.")
            }
            guard number <= 1000 else { continue }
            guard synsets.updateValue(name, forKey: number) == nil else {
                throw file.failure(line: line, "the number \(number) stands there twice", remedy: "Write each number once.")
            }
            classes.append(ImageClass(name: name, title: words.count > 2 ? words[2...].joined(separator: " ") : nil))
        }
        let ordered = try sorted(classes, of: file)
        let places = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.name, $0) })
        return (ordered, synsets.compactMapValues { places[$0] })
    }

    private static func sorted(_ classes: [ImageClass], of file: LabelFile) throws -> [ImageClass] {
        let ordered = classes.sorted { $0.name.precedesBytewise($1.name) }
        for (one, next) in zip(ordered, ordered.dropFirst()) where one.name == next.name {
            throw Failure(.labelList, "\(file.path) lists the synset \(one.name) twice.", remedy: "Write each synset once.")
        }
        return ordered
    }

    /// Whether a text is a synset.
    static func isSynset(_ text: String) -> Bool { synset(text[...]) != nil }

    /// `text` where it is `n` and eight digits.
    private static func synset(_ text: Substring) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 9, bytes[0] == UInt8(ascii: "n"), bytes.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return String(text)
    }
}
