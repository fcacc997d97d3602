import Diagnostics
import Foundation

/// Which of a network's classes a data set's classes are: a JSON object of names and indices, or a table of name and index on each line. A data
/// set that numbers its classes is mapped by its numbers.
struct ClassMap {
    private let indices: [[UInt8]: Int]
    private let path: String

    private static let byteLimit = 16 << 20

    /// - Throws: `dataset.labelList`.
    init(path: String) throws {
        self.path = path
        let file = try LabelFile(path: path)
        let pairs = file.lines.first?.text.hasPrefix("{") == true ? try Self.object(path) : try Self.table(file)
        var indices: [[UInt8]: Int] = [:]
        for (name, index) in pairs {
            guard (0..<Labelling.maximumClasses).contains(index) else { continue }
            if let other = indices.updateValue(index, forKey: name.bytewiseKey), other != index {
                throw Failure(.labelList, "\(path) maps \(LabelText.cut(name)) twice.", remedy: "Map each class once.")
            }
        }
        guard !indices.isEmpty else {
            throw Failure(
                .labelList, "\(path) maps no class.", remedy: "Write a class's name and its index in the network on each line: n01443537 1."
            )
        }
        self.indices = indices
    }

    /// The network's class, nil for what the map does not have, or has as negative.
    subscript(name: String) -> Int? {
        indices[name.bytewiseKey] ?? LabelText.number(name).flatMap { indices[String($0).bytewiseKey] }
    }

    /// Classes up to the highest that is mapped to, by the first of the names that are mapped to each; the others by their numbers.
    func classes(of names: [String]) -> [ImageClass] {
        var classes = (0...(indices.values.max() ?? 0)).map { ImageClass(name: String($0)) }
        var isNamed = Set<Int>()
        for name in names {
            guard let index = self[name], isNamed.insert(index).inserted else { continue }
            classes[index] = ImageClass(name: name)
        }
        return classes
    }

    private static func object(_ path: String) throws -> [(String, Int)] {
        let (bytes, object): ([UInt8], [String: Int])
        do {
            let reader = try FileReader(path: path, limit: byteLimit)
            bytes = try reader.bytes(at: 0, count: reader.byteCount)
            object = try JSONDecoder().decode([String: Int].self, from: Data(bytes))
        } catch {
            throw Failure(
                .labelList, "\(path) is no JSON object of class names and whole numbers.", remedy: #"Write {"n01443537": 1, ...}."#)
        }
        guard LabelText.keyCount(ofObject: bytes) == object.count else {
            throw Failure(.labelList, "\(path) maps a class twice.", remedy: "Map each class once.")
        }
        return object.sorted { $0.key.precedesBytewise($1.key) }.map { ($0.key, $0.value) }
    }

    private static func table(_ file: LabelFile) throws -> [(String, Int)] {
        var pairs: [(String, Int)] = []
        for (place, line) in file.lines.enumerated() {
            let separator = LabelFields.Separator.allCases.first { (LabelFields.split(line.text, at: $0)?.count ?? 0) > 1 }
            let fields = separator.flatMap { LabelFields.split(line.text, at: $0) } ?? []
            if fields.count >= 2, let index = LabelText.number(fields[fields.count - 1]) {
                pairs.append((fields.dropLast().joined(separator: " "), index))
            } else if fields.count >= 2, let index = LabelText.number(fields[0]) {
                pairs.append((fields[1], index))
            } else if place > 0 || fields.count < 2 {
                throw file.failure(
                    line: line, "it is no class and its index in the network: \(LabelText.cut(line.text))",
                    remedy: "Write a class's name and its index in the network on each line: n01443537 1.")
            }
        }
        return pairs
    }
}

extension Labelling {
    /// Labels that are numbers, as a class map has them.
    /// - Throws: `dataset.labelList`; `dataset.labels` where it lacks one.
    package static func mapped(_ labels: [Int], by path: String) throws -> (labels: [Int], classes: [ImageClass]) {
        let map = try ClassMap(path: path)
        var problems = ProblemList()
        let mapped = labels.map { label -> Int in
            if let index = map[String(label)] { return index }
            problems.add("label", "that the class map does not have", String(label))
            return 0
        }
        try problems.throwIfAny(.labelMismatch, path, remedy: "Map each class of the images.")
        return (mapped, map.classes(of: Set(labels).sorted().map(String.init)))
    }
}
