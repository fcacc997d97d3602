package import Diagnostics

/// Many problems told as one: of each kind the first few, and how many there are.
package struct ProblemList: Sendable {
    private var kinds: [(kind: String, count: Int, examples: [String])] = []

    package init() {}

    package var isEmpty: Bool { kinds.isEmpty }

    /// Notes one problem of `kind`, a phrase that follows a number ("labels without a file").
    package mutating func add(_ kind: String, _ example: String) {
        let place = kinds.firstIndex { $0.kind == kind } ?? kinds.endIndex
        if place == kinds.endIndex { kinds.append((kind, 0, [])) }
        kinds[place].count += 1
        if kinds[place].examples.count < 3 { kinds[place].examples.append(LabelText.cut(example)) }
    }

    /// Notes all of another list's problems.
    package mutating func add(_ other: ProblemList) {
        for kind in other.kinds {
            let place = kinds.firstIndex { $0.kind == kind.kind } ?? kinds.endIndex
            if place == kinds.endIndex { kinds.append((kind.kind, 0, [])) }
            kinds[place].count += kind.count
            kinds[place].examples = Array((kinds[place].examples + kind.examples).prefix(3))
        }
    }

    /// Each kind with how many there are of it and the first few.
    package var lines: [String] {
        kinds.map { kind in
            "\(kind.count) \(kind.kind) (\(kind.examples.joined(separator: ", "))\(kind.count > kind.examples.count ? ", ..." : ""))"
        }
    }

    /// Throws all of them as one failure, if there are any.
    package func throwIfAny(_ code: Failure.Code, _ subject: String, remedy: String) throws {
        guard !isEmpty else { return }
        throw Failure(code, "\(subject): \(lines.joined(separator: "; ")).", remedy: remedy)
    }
}
