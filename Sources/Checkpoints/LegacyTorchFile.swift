import Diagnostics

/// PyTorch's format before 1.6: five pickles one after the other (magic number, protocol version, machine, the object, the storages' keys),
/// then each storage as its number of elements and the elements.
struct LegacyTorchFile: Sendable {
    let contents: PickleContents
    /// Where each storage begins in the file, by its key.
    let starts: [String: Int]

    /// The magic number 0x1950A86A20F9469CFC6C as a pickle's LONG1.
    private static let magic: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// Whether the file begins with a pickle of the magic number, of protocol 2 or, as `pickle_protocol` chooses, of a later one with its frame.
    static func isLegacy(_ file: CheckpointFile) -> Bool {
        let head = file.copy(0..<min(32, file.count))
        guard head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) else { return false }
        return head.dropFirst(head[2] == 0x95 ? 11 : 2).starts(with: magic)
    }

    /// - Throws: `checkpoint.malformed`, `checkpoint.truncated`, `checkpoint.unsupported`, and what the pickles give.
    init(_ file: CheckpointFile) throws(Failure) {
        let context = file.context
        var position = 0
        _ = try LegacyTorchFile.pickle(file, &position)
        guard case .integer(1001) = try LegacyTorchFile.pickle(file, &position).root else {
            throw context.unsupported(
                "the file has PyTorch's legacy format in a version other than 1001", remedy: "Save it again with a recent PyTorch.")
        }
        let machine = try LegacyTorchFile.pickle(file, &position)
        if case .bool(false) = machine.value("little_endian", of: machine.root) {
            throw context.unsupported(
                "the checkpoint was saved in another byte order than little-endian",
                remedy: "Load it with PyTorch on an ordinary machine and save it again.")
        }
        let contents = try LegacyTorchFile.pickle(file, &position)
        let keys = try LegacyTorchFile.pickle(file, &position)
        guard case .sequence(let list) = keys.root else {
            throw context.malformed("the list of the storages' keys is no list")
        }
        let storages = Dictionary(contents.storages.map { ($0.key, $0) }) { first, _ in first }
        var starts: [String: Int] = [:]
        for value in keys.sequences[list] {
            guard case .string(let key) = value, let storage = storages[key] else {
                throw context.unsupported(
                    "the file has a storage of a type that is not read, before others",
                    remedy: "Save the model's state dict alone: torch.save({'model': model.state_dict()}, path).")
            }
            guard file.count - position >= 8 else { throw context.truncated("the file ends before the storage \(quoted(key))") }
            var reader = ByteReader(file.copy(position..<position + 8), truncated: context.truncated("the file ends inside a storage"))
            position += 8
            let (size, overflow) = storage.total.multipliedReportingOverflow(by: storage.elementType.size)
            guard try reader.integer(Int64.self) == Int64(storage.total), !overflow, starts.updateValue(position, forKey: key) == nil else {
                throw context.malformed(
                    "the storage \(quoted(key)) has another number of elements than the pickle claims, or is there twice")
            }
            guard size <= file.count - position else { throw context.truncated("the file ends inside the storage \(quoted(key))") }
            position += size
        }
        for storage in contents.storages {
            guard starts[storage.key] != nil, storage.total == storages[storage.key]?.total,
                storage.elementType == storages[storage.key]?.elementType
            else {
                throw context.malformed(
                    "the pickle refers to the storage \(quoted(storage.key)), which the file lacks or has in another type")
            }
        }
        self.contents = contents
        self.starts = starts
    }

    /// Reads the pickle at `position` and moves behind it.
    private static func pickle(_ file: CheckpointFile, _ position: inout Int) throws(Failure) -> PickleContents {
        let end = min(file.count, position + TorchFile.maximumPickleSize)
        let (contents, length) = try PickleMachine.read(file.copy(position..<end), context: file.context)
        position += length
        return contents
    }
}
