import Checkpoints
import Diagnostics
import Foundation
import Testing

@Suite("Time and memory follow the size of the checkpoint")
struct InputSizeTests {
    /// Processor time of this thread, whatever else the machine does.
    private func secondsToRefuse(_ build: (inout PickleWriter) -> Void) -> Double {
        var pickle = PickleWriter()
        build(&pickle)
        let bytes = pickle.checkpoint(storages: ["0": [UInt8](repeating: 0, count: 24)])
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        _ = failure { try Checkpoint.load(bytes: bytes, name: "bad.pth") }
        return now() - start
    }

    /// Opcodes that take from a deep stack, each leaving it as deep as before.
    private static let repeated: [(name: String, opcodes: [UInt8])] = [
        ("POP", [0x4E, 0x30]), ("TUPLE1", [0x85]), ("TUPLE2", [0x4E, 0x86]), ("TUPLE3", [0x4E, 0x4E, 0x87]), ("TUPLE", [0x28, 0x74]),
        ("LIST", [0x28, 0x6C]), ("DICT", [0x28, 0x64]), ("FROZENSET", [0x28, 0x91]), ("POP_MARK", [0x28, 0x31]),
        ("APPEND", [0x5D, 0x4E, 0x61]), ("APPENDS", [0x5D, 0x28, 0x4E, 0x65]), ("ADDITEMS", [0x8F, 0x28, 0x4E, 0x90]),
        ("SETITEM", [0x7D, 0x4E, 0x4E, 0x73]), ("SETITEMS", [0x7D, 0x28, 0x4E, 0x4E, 0x75]), ("BINPERSID", [0x68, 1, 0x51]),
        ("REDUCE", [0x68, 2, 0x29, 0x52]), ("NEWOBJ", [0x68, 2, 0x29, 0x81]), ("NEWOBJ_EX", [0x68, 2, 0x29, 0x7D, 0x92]),
        ("BUILD", [0x68, 2, 0x29, 0x52, 0x4E, 0x62]), ("STACK_GLOBAL", [0x68, 3, 0x68, 3, 0x93]), ("MEMOIZE", [0x4E, 0x94]),
        ("GET", [0x68, 3]),
        ("tensor", [0x68, 4, 0x68, 5, 0x52]), ("DUP", [0x32, 0x30]), ("BINPUT", [0x71, 9]), ("MARK and POP", [0x28, 0x30]),
        ("APPENDS to one list", [0x68, 6, 0x28, 0x4E, 0x65, 0x30]), ("ADDITEMS to one list", [0x68, 6, 0x28, 0x4E, 0x90, 0x30]),
        ("SETITEMS of one dictionary", [0x68, 7, 0x28, 0x4E, 0x4E, 0x75, 0x30]),
        ("SETITEMS of one object", [0x68, 8, 0x28, 0x4E, 0x4E, 0x75, 0x30]), ("BUILD with one dictionary", [0x68, 8, 0x68, 7, 0x62, 0x30]),
        ("REDUCE with one list", [0x68, 2, 0x68, 6, 0x52, 0x30]), ("TUPLE1 of one list", [0x68, 6, 0x85, 0x30]),
    ]

    @Test("no opcode copies the stack below it", arguments: repeated.map(\.name))
    func deepStack(_ name: String) throws {
        let opcodes = try #require(Self.repeated.first { $0.name == name }).opcodes
        let seconds = secondsToRefuse { pickle in
            // Memo 1: a storage; 2: a class; 3: text; 4 and 5: a tensor's function and arguments; 6, 7 and 8: a long list, dictionary and object.
            pickle.op("(")
            pickle.text("storage")
            pickle.global("torch", "FloatStorage")
            pickle.text("0")
            pickle.text("cpu")
            pickle.integer(6)
            pickle.op("t")
            pickle.raw([UInt8(ascii: "q"), 1])
            pickle.op("Q")
            pickle.integer(0)
            pickle.integers([Int](repeating: 1, count: 64))
            pickle.integers([Int](repeating: 1, count: 64))
            pickle.raw([0x89, 0x7D])
            pickle.raw([0x28, 0x31])
            pickle.op("(")
            pickle.raw([UInt8(ascii: "h"), 1])
            pickle.op("Q")
            pickle.integer(0)
            pickle.integers([Int](repeating: 1, count: 64))
            pickle.integers([Int](repeating: 1, count: 64))
            pickle.op("t")
            pickle.raw([UInt8(ascii: "q"), 5])
            pickle.global("torch._utils", "_rebuild_tensor_v2")
            pickle.raw([UInt8(ascii: "q"), 4])
            pickle.global("my", "Thing")
            pickle.raw([UInt8(ascii: "q"), 2])
            pickle.text("text")
            pickle.raw([UInt8(ascii: "q"), 3])
            let items = [UInt8(ascii: "(")] + [UInt8](repeating: 0x4E, count: 100_000)
            pickle.raw(items + [UInt8(ascii: "l"), UInt8(ascii: "q"), 6])
            pickle.raw(items + [UInt8(ascii: "d"), UInt8(ascii: "q"), 7])
            pickle.raw([UInt8(ascii: "h"), 2, 0x29, 0x52] + items + [UInt8(ascii: "u"), UInt8(ascii: "q"), 8])
            pickle.raw([UInt8](repeating: 0x4E, count: 200_000))
            for _ in 0..<200_000 { pickle.raw(opcodes) }
        }
        #expect(seconds < 3, "\(name): \(seconds) s")
    }

    @Test("long names, asked for again and again, cost no time")
    func longNames() {
        let seconds = secondsToRefuse { pickle in
            pickle.text(String(repeating: "x", count: 1_000_000))
            pickle.raw([UInt8(ascii: "q"), 0])
            for _ in 0..<500_000 { pickle.raw([UInt8(ascii: "h"), 0, UInt8(ascii: "h"), 0, 0x93]) }
        }
        #expect(seconds < 3)
    }

    @Test("one large dictionary under very many keys is looked through once")
    func sharedDictionary() {
        let seconds = secondsToRefuse { pickle in
            pickle.op("}")
            pickle.raw([UInt8(ascii: "q"), 0])
            pickle.op("(")
            for _ in 0..<300_000 { pickle.raw([0x4B, 1, 0x4E]) }
            pickle.op("u")
            pickle.op("}")
            pickle.op("(")
            for _ in 0..<300_000 { pickle.raw([0x8C, 1, UInt8(ascii: "k"), UInt8(ascii: "h"), 0]) }
            pickle.op("u")
        }
        #expect(seconds < 3)
    }

    @Test("a state dict of very many entries, or of tensors with very many axes, is refused")
    func manyTensors() {
        var pickle = PickleWriter()
        pickle.op("}")
        pickle.text("w")
        pickle.tensor(key: "0", count: 6, shape: [2, 3], strides: [3, 1])
        pickle.raw([UInt8(ascii: "q"), 0])
        pickle.op("s")
        for index in 0..<150_000 {
            pickle.text("\(index)")
            pickle.raw([UInt8(ascii: "h"), 0])
            pickle.op("s")
        }
        let bytes = pickle.checkpoint(storages: ["0": [UInt8](repeating: 0, count: 24)])
        #expect(failure { try Checkpoint.load(bytes: bytes, name: "x.pth") }?.message.contains("entries") == true)
        let header = "{" + (0..<150_000).map { #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }.joined(separator: ",") + "}"
        let file = little(UInt64(header.utf8.count)) + Array(header.utf8)
        #expect(failure { try Checkpoint.load(bytes: file, name: "x.safetensors") }?.message.contains("tensors") == true)
    }

    @Test("a compressed storage may not become more than a bound allows")
    func bomb() {
        var pickle = PickleWriter()
        pickle.op("}")
        pickle.text("w")
        pickle.tensor(key: "0", count: 250_000, shape: [500, 500], strides: [500, 1])
        pickle.op("s")
        // A million zeros deflated: one literal, then lengths of 258 at distance 1.
        let zeros = ZipWriter.Entry(name: "archive/data/0", bytes: DeflatedZeros.bytes(1_000_000), method: 8, size: 1_000_000)
        var zip = ZipWriter()
        zip.add("archive/data.pkl", pickle.bytes + [UInt8(ascii: ".")])
        zip.entries.append(zeros)
        let problem = failure { try Checkpoint.load(bytes: zip.write(), name: "x.pth") }
        #expect(problem?.code == .checkpointUnsupported)
        #expect(problem?.message.contains("16 times the file") == true)
        zip.add("archive/padding", [UInt8](repeating: 0, count: 100_000))
        #expect(failure { try Checkpoint.load(bytes: zip.write(), name: "x.pth") }?.message.contains("'w' [500, 500]") == true)
        zip.entries[1].size = 999_999
        #expect(failure { try Checkpoint.load(bytes: zip.write(), name: "x.pth") }?.code == .checkpointMalformed)
    }
}

/// Zeros as a deflate stream with fixed codes.
enum DeflatedZeros {
    static func bytes(_ count: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b011, 3)
        bits.write(code: 0b0011_0000, 8)
        var left = count - 1
        while left >= 258 {
            bits.write(code: 0b1100_0101, 8)
            bits.write(code: 0, 5)
            left -= 258
        }
        for _ in 0..<left { bits.write(code: 0b0011_0000, 8) }
        bits.write(code: 0, 7)
        return bits.bytes
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        private var used = 0

        mutating func write(_ value: Int, _ count: Int) {
            for bit in 0..<count { append(value >> bit & 1) }
        }

        /// Codes stand with their highest bit first.
        mutating func write(code: Int, _ count: Int) {
            for bit in (0..<count).reversed() { append(code >> bit & 1) }
        }

        private mutating func append(_ bit: Int) {
            if used % 8 == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(bit << (used % 8))
            used += 1
        }
    }
}
