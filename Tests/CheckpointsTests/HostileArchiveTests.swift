import Checkpoints
import Diagnostics
import Networks
import Testing

@Suite("Archives and files made to mislead")
struct HostileArchiveTests {
    private func refusal(_ bytes: [UInt8]) -> Failure? {
        failure { try Checkpoint.load(bytes: bytes, name: "bad.pth") }
    }

    private func refusal(_ entries: [ZipWriter.Entry], count: UInt16? = nil) -> Failure? {
        var zip = ZipWriter(entries: entries)
        zip.claimedCount = count
        return refusal(zip.write())
    }

    /// A checkpoint's pickle of an empty dictionary.
    private let pickle = ZipWriter.Entry(name: "a/data.pkl", bytes: [0x80, 2, 0x7D, 0x2E])

    @Test("entries that are compressed, encrypted, doubled, overlapping or outside the file are refused")
    func entries() {
        var changed = pickle
        changed.method = 12
        #expect(refusal([changed])?.code == .checkpointUnsupported)
        changed.method = 8
        #expect(refusal([changed])?.code == .checkpointMalformed, "its bytes are no deflated data")
        changed = pickle
        changed.flags = 1
        #expect(refusal([changed])?.code == .checkpointUnsupported)
        #expect(refusal([pickle, pickle])?.code == .checkpointMalformed)
        changed = ZipWriter.Entry(name: "a/data.pkl", bytes: pickle.bytes, claimedSize: 20)
        #expect(refusal([changed, .init(name: "a/x", bytes: [])])?.code == .checkpointMalformed)
        changed.claimedSize = 1_000_000
        #expect(refusal([changed])?.code == .checkpointMalformed)
        changed.claimedSize = 0xFFFF_FFFF
        #expect(refusal([changed])?.code == .checkpointMalformed)
        changed = pickle
        changed.claimedOffset = 0xFFFF_FFF0
        #expect(refusal([changed])?.code == .checkpointMalformed)
        changed.claimedOffset = 3
        #expect(refusal([changed])?.code == .checkpointMalformed)
        changed = pickle
        changed.claimedChecksum = 1
        #expect(refusal([changed])?.code == .checkpointMalformed)
        #expect(refusal([pickle], count: 2)?.code == .checkpointMalformed)
    }

    @Test("archives that are no checkpoint of PyTorch on this byte order are refused with what they are")
    func otherArchives() {
        #expect(refusal([.init(name: "a/x", bytes: [])])?.code == .checkpointUnsupported)
        #expect(refusal([pickle, .init(name: "b/data.pkl", bytes: pickle.bytes)])?.code == .checkpointUnsupported)
        #expect(refusal([pickle, .init(name: "a/byteorder", bytes: Array("big".utf8))])?.message.contains("byte order") == true)
        #expect(refusal([pickle, .init(name: "a/constants.pkl", bytes: [])])?.message.contains("TorchScript") == true)
        #expect(refusal([.init(name: "a/archive_format", bytes: [])])?.message.contains("torch.export") == true)
    }

    @Test("files of other kinds are refused with what they seem to be")
    func otherFiles() {
        #expect(refusal([])?.code == .checkpointTruncated)
        let legacy: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        #expect(refusal(legacy)?.code == .checkpointTruncated)
        #expect(refusal([0x1F, 0x8B, 8])?.remedy?.contains("gunzip") == true)
        #expect(refusal([0x80, 0x04, 0x95, 0x00])?.message.contains("bare pickle") == true)
        #expect(refusal([UInt8](repeating: 0, count: 257) + Array("ustar".utf8) + [0, 0, 0])?.message.contains("tar") == true)
        #expect(refusal(Array("version https://git-lfs.github.com/spec/v1\n".utf8))?.message.contains("Git LFS") == true)
        #expect(refusal(Array("\u{89}HDF and more".utf8))?.code == .checkpointUnrecognized)
    }

    @Test("a file cut anywhere is refused", arguments: ["spe-t6.pth", "spe-t6.safetensors"])
    func truncated(_ name: String) throws {
        let bytes = try Fixtures.bytes(Fixtures.network(name))
        let lengths = Array(stride(from: 0, to: 400, by: 1)) + Array(stride(from: 400, to: bytes.count, by: bytes.count / 200))
        for length in lengths + (1...120).map({ bytes.count - $0 }) {
            let problem = refusal(Array(bytes[..<length]))
            #expect(problem?.message.hasPrefix("bad.pth: ") == true, "\(length) bytes")
        }
    }

    @Test("changed bytes give an error or a network, never a crash", arguments: ["spe-t6.pth", "spe-t6.safetensors"])
    func bitFlips(_ name: String) throws {
        let original = try Fixtures.bytes(Fixtures.network(name))
        var generator = SeededGenerator(seed: 20)
        let structure = name.hasSuffix("pth") ? [0..<40_000, original.count - 30_000..<original.count] : [0..<30_000]
        for round in 0..<400 {
            var bytes = original
            for _ in 0...(round % 4) {
                let position = Int.random(in: structure[round % structure.count], using: &generator)
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            do {
                _ = try Checkpoint.load(bytes: bytes, name: "bad.pth")
            } catch {
                #expect(error.message.hasPrefix("bad.pth: "))
            }
        }
    }

    @Test("a changed weight is noticed by its checksum")
    func checksum() throws {
        let path = Fixtures.network("spe-t6.pth")
        let weights = try #require(try Checkpoint.load(path: path).parameters.tensors["mlp_head.1.weight"]).values
        var bytes = try Fixtures.bytes(path)
        let place = try #require(bytes.firstRange(of: weights.prefix(8).flatMap { little($0.bitPattern) }))
        bytes[place.lowerBound] ^= 1
        #expect(refusal(bytes)?.message.contains("CRC-32") == true)
    }
}
