import Diagnostics
import FoundationEssentials

/// A checkpoint of `torch.save` since PyTorch 1.6: a zip archive with `<top>/data.pkl` and one entry `<top>/data/<key>` per storage.
struct TorchArchive: Sendable {
    let contents: PickleContents
    private let zip: ZipArchive
    private let context: FailureContext
    /// What stands before the names of the storages.
    private let top: String

    /// torch.save takes the file's name.
    private static let maximumTopLength = 512

    /// - Throws: every code of ``ZipArchive`` and ``PickleMachine``.
    init(_ file: CheckpointFile) throws(Failure) {
        context = file.context
        zip = try ZipArchive(file)
        let pickleName = try TorchArchive.pickleName(zip, context)
        top = String(pickleName.dropLast("data.pkl".count))
        guard zip.entry("\(top)constants.pkl") == nil else {
            throw context.unsupported(
                "the file is a TorchScript archive, a program with its weights, and not a checkpoint",
                remedy: "Save the weights: torch.save({'model': torch.jit.load(path).state_dict()}, new_path).")
        }
        if let order = zip.entry("\(top)byteorder") {
            guard try zip.contents(order, limit: 64) == Array("little".utf8) else {
                throw context.unsupported(
                    "the checkpoint was saved in another byte order than little-endian",
                    remedy: "Load it with PyTorch on an ordinary machine and save it again.")
            }
        }
        guard let pickle = zip.entry(pickleName) else { preconditionFailure("the name was taken from the archive") }
        contents = try PickleMachine.read(try zip.contents(pickle, limit: TorchFile.maximumPickleSize), context: context).contents
    }

    /// The bytes that hold these storages, checked and unpacked where they are compressed, and where in them each storage begins.
    ///
    /// - Throws: `checkpoint.malformed`, `checkpoint.unsupported`.
    func data(of storages: [PickleStorage]) throws(Failure) -> (data: Data, starts: [String: Int]) {
        var entries: [String: ZipArchive.Entry] = [:]
        for storage in storages {
            let (size, overflow) = storage.total.multipliedReportingOverflow(by: storage.elementType.size)
            if let known = entries[storage.key], !overflow, known.size == size { continue }
            let name = "\(top)data/\(storage.key)"
            guard let entry = zip.entry(name) else {
                throw context.malformed("the pickle refers to the storage \(quoted(name)), which the archive lacks")
            }
            guard !overflow, size == entry.size else {
                throw context.malformed(
                    "the storage \(quoted(name)) has \(entry.size) bytes, and the pickle claims \(storage.total.counted("element")) of "
                        + "\(storage.elementType.size)")
            }
            entries[storage.key] = entry
        }
        return try zip.data(of: entries)
    }

    private static func pickleName(_ zip: ZipArchive, _ context: FailureContext) throws(Failure) -> String {
        let candidates = zip.names.filter { $0.hasSuffix("/data.pkl") && $0.count(where: { $0 == "/" }) == 1 }
        if candidates.count == 1, candidates[0].utf8.count <= maximumTopLength { return candidates[0] }
        let last = zip.names.map { $0.split(separator: "/").last ?? "" }
        if last.contains("archive_format") || last.contains("serialized_exported_program.json") {
            throw context.unsupported(
                "the file is an archive of torch.export, a program with its weights, and not a checkpoint",
                remedy: "Save the weights: torch.save({'model': torch.export.load(path).state_dict}, new_path).")
        }
        if last.contains("model.json") {
            throw context.unsupported(
                "the file is a TorchScript archive, a program with its weights, and not a checkpoint",
                remedy: "Save the weights: torch.save({'model': torch.jit.load(path).state_dict()}, new_path).")
        }
        throw context.unsupported(
            "the zip archive has \(candidates.count.counted("entry")) <folder>/data.pkl, and a PyTorch checkpoint has exactly 1",
            remedy: "Give the file that torch.save wrote, not an archive around it.")
    }
}
