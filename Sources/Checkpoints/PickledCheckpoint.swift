internal import Diagnostics

/// The state dict of a `.pth` file, and what else of it is used.
struct PickledCheckpoint {
    let file: FileBytes
    let tensors: [String: TensorView]
    let savedTimeSteps: Int?
    private let archive: ZipArchive
    /// The archive's top folder with its slash.
    private let top: String

    init(_ file: FileBytes) throws {
        self.file = file
        archive = try ZipArchive(file)
        let pickles = archive.entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }.sorted()
        guard let pickle = pickles.first, pickles.count == 1, let bytes = archive.entries[pickle] else {
            throw file.malformed("it is a zip file with \(pickles.count) data.pkl entries, not one")
        }
        top = String(pickle.dropLast("data.pkl".count))
        if archive.entries[top + "constants.pkl"] != nil {
            throw Failure(
                .unsupportedCheckpoint, "\(file.name) is a TorchScript archive", remedy: "save the network's state dict with torch.save")
        }
        if let order = archive.entries[top + "byteorder"], try file.text(order, "the byte order") != "little" {
            throw Failure(.unsupportedCheckpoint, "\(file.name) was saved on a big-endian machine", remedy: "save it as .safetensors")
        }
        var interpreter = try PickleInterpreter(file, bytes: bytes)
        let value = try interpreter.run()
        (tensors, savedTimeSteps) = try Self.stateDict(value, interpreter, file)
    }

    private static func stateDict(
        _ value: PickleValue, _ interpreter: PickleInterpreter, _ file: FileBytes
    ) throws -> ([String: TensorView], Int?) {
        guard case .dictionary(let root) = value else { throw file.malformed("its pickle holds no dictionary") }
        var state = root
        var timeSteps: Int?
        for (key, value) in interpreter.dictionaries[root] {
            guard case .text(let name) = key else { continue }
            if ["model", "state_dict", "model_state_dict"].contains(name), case .dictionary(let inner) = value { state = inner }
            if name == "args" { timeSteps = Self.timeSteps(value, interpreter) }
        }
        var tensors: [String: TensorView] = [:]
        for (key, value) in interpreter.dictionaries[state] {
            guard case .text(let name) = key, case .tensor(let view) = value else { continue }
            tensors[name] = view
        }
        guard !tensors.isEmpty else {
            throw file.malformed("there is no state dict in it, neither bare nor under model, state_dict or model_state_dict")
        }
        return (tensors, timeSteps)
    }

    private static func timeSteps(_ arguments: PickleValue, _ interpreter: PickleInterpreter) -> Int? {
        let index: Int
        switch arguments {
        case .object(let state) where state >= 0: index = state
        case .dictionary(let dictionary): index = dictionary
        default: return nil
        }
        for case (.text("T"), .int(let steps)) in interpreter.dictionaries[index] where (1...1024).contains(steps) { return Int(steps) }
        return nil
    }

    /// A tensor's elements in row-major order, read through its strides.
    /// - Throws: `checkpoint.malformed` where the view leaves its storage, overlaps itself, or the storage leaves the file.
    func values(of name: String) throws -> [Float] {
        guard let view = tensors[name] else { throw file.malformed("there is no tensor \(name)") }
        let entryName = "\(top)data/\(view.storage.key)"
        guard let bytes = archive.entries[entryName] else { throw file.malformed("tensor \(name): there is no entry \(entryName.prefix(200))") }
        let (claimed, overflow) = view.storage.count.multipliedReportingOverflow(by: view.storage.type.bytes)
        guard !overflow, claimed <= bytes.count else { throw file.malformed("tensor \(name): its storage is smaller than it claims") }
        let count = try checkedCount(view, name)
        guard count > 0 else { return [] }
        let type = view.storage.type
        if isContiguous(view) { return file.floats(type, at: bytes.lowerBound + view.offset * type.bytes, count: count) }
        let storage = file.floats(type, at: bytes.lowerBound, count: view.storage.count)
        return strided(view, storage, count: count)
    }

    private func checkedCount(_ view: TensorView, _ name: String) throws -> Int {
        guard view.shape.count == view.strides.count, view.offset >= 0, let count = elementCount(view.shape),
            view.strides.allSatisfy({ $0 >= 0 })
        else { throw file.malformed("tensor \(name) has an impossible shape or negative strides") }
        guard count > 0 else { return 0 }
        var last = view.offset
        var covered = 1
        for (size, stride) in zip(view.shape, view.strides).sorted(by: { $0.1 < $1.1 }) where size > 1 {
            guard stride >= covered else { throw file.malformed("tensor \(name) overlaps itself") }
            let (span, tooLarge) = (size - 1).multipliedReportingOverflow(by: stride)
            let (end, beyond) = last.addingReportingOverflow(span)
            guard !tooLarge, !beyond, end < view.storage.count else { throw file.malformed("tensor \(name) leaves its storage") }
            last = end
            covered = end - view.offset + 1
        }
        guard last < view.storage.count else { throw file.malformed("tensor \(name) leaves its storage") }
        return count
    }

    private func isContiguous(_ view: TensorView) -> Bool {
        var expected = 1
        for (size, stride) in zip(view.shape, view.strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    private func strided(_ view: TensorView, _ storage: [Float], count: Int) -> [Float] {
        var index = [Int](repeating: 0, count: view.shape.count)
        var position = view.offset
        var values: [Float] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            values.append(storage[position])
            for axis in view.shape.indices.reversed() {
                index[axis] += 1
                position += view.strides[axis]
                if index[axis] < view.shape[axis] { break }
                position -= view.strides[axis] * view.shape[axis]
                index[axis] = 0
            }
        }
        return values
    }
}
