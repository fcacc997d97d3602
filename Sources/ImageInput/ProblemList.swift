package import Diagnostics

/// Many problems told as one: of each kind the first few, and how many there are.
package struct ProblemList: Sendable {
    private var kinds: [(noun: String, rest: String, count: Int, examples: [String])] = []

    package init() {}

    package var isEmpty: Bool { kinds.isEmpty }

    /// Notes one problem: the noun that is counted, and what is the matter with it ("label", "without a file").
    package mutating func add(_ noun: String, _ rest: String, _ example: String) {
        let place = place(noun, rest)
        kinds[place].count += 1
        if kinds[place].examples.count < 3 { kinds[place].examples.append(LabelText.cut(example)) }
    }

    /// Notes all of another list's problems.
    package mutating func add(_ other: ProblemList) {
        for kind in other.kinds {
            let place = place(kind.noun, kind.rest)
            kinds[place].count += kind.count
            kinds[place].examples = Array((kinds[place].examples + kind.examples).prefix(3))
        }
    }

    private mutating func place(_ noun: String, _ rest: String) -> Int {
        if let place = kinds.firstIndex(where: { $0.noun == noun && $0.rest == rest }) { return place }
        kinds.append((noun, rest, 0, []))
        return kinds.endIndex - 1
    }

    /// Each kind with how many there are of it and the first few.
    package var lines: [String] {
        kinds.map { kind in
            "\(kind.count.counted(kind.noun)) \(kind.rest) (\(kind.examples.joined(separator: ", "))\(kind.count > kind.examples.count ? ", ..." : ""))"
        }
    }

    /// Throws all of them as one failure, if there are any.
    package func throwIfAny(_ code: Failure.Code, _ subject: String, remedy: String) throws {
        guard !isEmpty else { return }
        throw Failure(code, "\(subject): \(lines.joined(separator: "; ")).", remedy: remedy)
    }
}
