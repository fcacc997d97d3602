import Diagnostics

/// The formats a checkpoint may have, told by content, never by name.
package enum FileFormat: String, Sendable, Hashable, Codable {
    /// What `torch.save` writes: a zip archive since PyTorch 1.6, pickles and storages one after the other before.
    case torch
    case safetensors

    /// - Throws: `checkpoint.unsupported`, `checkpoint.unrecognized` with what else the file seems to be.
    static func detect(_ file: CheckpointFile) throws(Failure) -> FileFormat {
        let head = file.copy(0..<min(512, file.count))
        if head.starts(with: ZipArchive.signature) || LegacyTorchFile.isLegacy(file) { return .torch }
        if head.count > 8, head[8] == UInt8(ascii: "{") { return .safetensors }
        throw refusal(head, file.context)
    }

    private static func refusal(_ head: [UInt8], _ context: FailureContext) -> Failure {
        let convert = "Load it with PyTorch and save it again: torch.save(torch.load(path, weights_only=True), new_path)."
        if head.isEmpty { return context.truncated("the file is empty") }
        if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
            return context.unsupported("the file is a tar archive, as PyTorch wrote before 0.1.10", remedy: convert)
        }
        if head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) {
            return context.unsupported("the file is a bare pickle and not a PyTorch checkpoint", remedy: convert)
        }
        if head.starts(with: [0x1F, 0x8B]) {
            return context.unsupported("the file is compressed with gzip", remedy: "Unpack it with gunzip.")
        }
        if head.starts(with: "version https://git-lfs".utf8) {
            return Failure(
                .checkpointUnrecognized, "\(context.fileName): the file is a Git LFS pointer and not the checkpoint itself",
                remedy: "Fetch the file's contents with git lfs pull.")
        }
        return Failure(
            .checkpointUnrecognized, "\(context.fileName): the file is neither a PyTorch checkpoint (.pth) nor a safetensors file",
            remedy: "Give a file that torch.save or safetensors wrote.")
    }
}
