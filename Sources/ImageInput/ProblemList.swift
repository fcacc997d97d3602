import Diagnostics

/// Many problems told as one: of each kind the first few, and how many there are.
struct ProblemList {
    private var kinds: [(kind: String, count: Int, examples: [String])] = []

    var isEmpty: Bool { kinds.isEmpty }

    /// Notes one problem of `kind`, a phrase that follows a number ("labels without a file").
    mutating func add(_ kind: String, _ example: String) {
        let place = kinds.firstIndex { $0.kind == kind } ?? kinds.endIndex
        if place == kinds.endIndex { kinds.append((kind, 0, [])) }
        kinds[place].count += 1
        if kinds[place].examples.count < 3 { kinds[place].examples.append(LabelText.cut(example)) }
    }

    /// Each kind as a phrase: how many, of what, and the first ones.
    var phrases: [String] {
        kinds.map { kind in
            "\(kind.count) \(kind.kind) (\(kind.examples.joined(separator: ", "))\(kind.count > kind.examples.count ? ", ..." : ""))"
        }
    }

    /// Throws all of them as one failure, if there are any.
    func throwIfAny(_ code: Failure.Code, _ subject: String, remedy: String) throws {
        guard !isEmpty else { return }
        throw Failure(code, "\(subject): \(phrases.joined(separator: "; ")).", remedy: remedy)
    }
}
