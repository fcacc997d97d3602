internal import Diagnostics
internal import SpikingMLP

/// Named tensors of a file, whichever format it has.
struct TensorSource {
    /// What errors call the file.
    let name: String
    /// Shapes by name.
    let shapes: [String: [Int]]
    /// T of the saved arguments.
    var savedTimeSteps: Int?
    /// A tensor's elements as float32, in row-major order.
    let values: (String) throws -> [Float]

    /// Tensors of a `.safetensors` file.
    init(_ safetensors: SafetensorsFile) {
        name = safetensors.file.name
        shapes = safetensors.entries.mapValues(\.shape)
        savedTimeSteps = safetensors.metadata["T"].flatMap { Int($0) }.flatMap { (1...1024).contains($0) ? $0 : nil }
        values = { try safetensors.tensor($0).values }
    }

    /// Tensors of the state dict of a `.pth` file.
    init(_ pickle: PickledCheckpoint) {
        name = pickle.file.name
        shapes = pickle.tensors.mapValues(\.shape)
        savedTimeSteps = pickle.savedTimeSteps
        values = { try pickle.values(of: $0) }
    }
}

/// A state dict's tensors under canonical names, whatever spelling the file uses: `module.<name>` (distributed training) and
/// `<bn>.0.<field>` (synchronised BN) are known.
struct CanonicalNames {
    /// The file's name of each canonical name.
    private(set) var fileNames: [String: String] = [:]
    /// Names of the file that are no parameter's.
    private(set) var surplus: [String] = []

    /// - Parameter expected: nil where the architecture is not known yet; then only prefixes are taken off.
    init(_ source: TensorSource, expected: Set<String>) throws {
        for name in source.shapes.keys.sorted() {
            let bare = name.hasPrefix("module.") ? String(name.dropFirst("module.".count)) : name
            let canonical = expected.contains(bare) ? bare : Self.withoutSynchronisedLevel(bare)
            if canonical.hasSuffix(".num_batches_tracked") { continue }
            guard expected.contains(canonical) else {
                surplus.append(name)
                continue
            }
            if let other = fileNames.updateValue(name, forKey: canonical) {
                throw Failure(
                    .malformedCheckpoint, "\(source.name): tensors \(other) and \(name) are both \(canonical)",
                    remedy: "save the state dict of one network alone")
            }
        }
    }

    /// `a.b.0.weight` as `a.b.weight`.
    private static func withoutSynchronisedLevel(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 2] == "0" else { return name }
        return (parts.dropLast(2) + parts.suffix(1)).joined(separator: ".")
    }
}
