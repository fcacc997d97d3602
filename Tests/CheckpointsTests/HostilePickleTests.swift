import Checkpoints
import Diagnostics
import Testing

@Suite("Pickles made to mislead")
struct HostilePickleTests {
    private func refusal(storages: [String: [UInt8]] = [:], _ build: (inout PickleWriter) -> Void) -> Failure? {
        var pickle = PickleWriter()
        build(&pickle)
        return failure { try Checkpoint.load(bytes: pickle.checkpoint(storages: storages), name: "bad.pth") }
    }

    /// A state dict with one tensor of these properties in a storage of 24 bytes.
    private func refusal(count: Int = 6, offset: Int = 0, shape: [Int], strides: [Int]) -> Failure? {
        refusal(storages: ["0": [UInt8](repeating: 0, count: 24)]) {
            $0.op("}")
            $0.text("honest")
            $0.tensor(key: "0", count: 6, shape: [2, 3], strides: [3, 1])
            $0.op("s")
            $0.text("w")
            $0.tensor(key: "0", count: count, offset: offset, shape: shape, strides: strides)
            $0.op("s")
        }
    }

    @Test(
        "a pickle that would run code is refused with the name of what it wanted",
        arguments: [
            ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("os", "execv"), ("subprocess", "Popen"),
            ("importlib", "import_module"),
        ])
    func forbiddenGlobals(_ module: String, _ name: String) {
        let problem = refusal {
            $0.global(module, name)
            $0.text("touch /tmp/owned")
            $0.raw([0x85])
            $0.op("R")
        }
        #expect(problem?.code == .checkpointForbiddenGlobal)
        #expect(problem?.message.contains("\(module).\(name)") == true)
        #expect(problem?.message.hasPrefix("bad.pth: ") == true)
    }

    @Test("a global named through the stack is refused likewise, and its name cannot flood the message")
    func stackGlobal() {
        let problem = refusal {
            $0.text("subprocess.\u{1B}[31m")
            $0.text(String(repeating: "x", count: 200))
            $0.raw([0x93])
        }
        #expect(problem?.code == .checkpointForbiddenGlobal)
        #expect((problem?.message.count ?? .max) < 300)
        #expect(problem?.message.contains("\u{1B}") == false)
    }

    @Test("views that reach outside their storage, overlap or run backwards are refused")
    func views() {
        #expect(refusal(shape: [7], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(offset: 1, shape: [6], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(offset: -1, shape: [2], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(offset: .max, shape: [2], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [6], strides: [0])?.code == .checkpointMalformed)
        #expect(refusal(shape: [2, 3], strides: [1, 1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [2], strides: [-1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [2, 2], strides: [.max, 1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [1 << 40, 1 << 40], strides: [1, 1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [-2], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [2], strides: [1, 1])?.code == .checkpointMalformed)
        #expect(refusal(shape: [Int](repeating: 1, count: 100), strides: [Int](repeating: 1, count: 100))?.code == .checkpointMalformed)
        #expect(refusal(offset: 6, shape: [1], strides: [1])?.code == .checkpointMalformed)
    }

    @Test("views inside their storage pass, in whatever order their axes are stored")
    func honestViews() {
        for problem in [
            refusal(shape: [2, 3], strides: [1, 2]), refusal(offset: 5, shape: [1, 1], strides: [99, -7]), refusal(shape: [], strides: []),
            refusal(offset: 99, shape: [0, 5], strides: [1, 1]),
        ] {
            #expect(problem?.code == .checkpointMismatch, "the tensor is read, and then it is no network")
        }
    }

    @Test("a storage that is missing, or of another size than claimed, is refused")
    func storages() {
        #expect(refusal(count: 5, shape: [5], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(count: 1 << 62, shape: [1 << 62], strides: [1])?.code == .checkpointMalformed)
        #expect(refusal(count: -1, shape: [0], strides: [1])?.code == .checkpointMalformed)
        let missing = refusal {
            $0.op("}")
            $0.text("w")
            $0.tensor(key: "7", count: 1, shape: [1, 1], strides: [1, 1])
            $0.op("s")
        }
        #expect(missing?.code == .checkpointMalformed)
        #expect(missing?.message.contains("archive/data/7") == true)
        #expect(
            refusal { $0.tensor(key: "0", storage: "ComplexFloatStorage", count: 1, shape: [1, 1], strides: [1, 1]) }?.code
                == .checkpointMismatch, "a storage of another type is no tensor's")
    }

    @Test("a million nested tuples do not exhaust the stack")
    func deepNesting() {
        let problem = refusal {
            $0.op(")")
            $0.raw([UInt8](repeating: 0x85, count: 1_000_000))
        }
        #expect(problem?.code == .checkpointMismatch)
    }

    @Test("a list that contains itself is harmless")
    func selfContaining() {
        let problem = refusal {
            $0.op("}")
            $0.text("model")
            $0.op("}")
            $0.raw([UInt8(ascii: "q"), 0])
            $0.text("w")
            $0.raw([UInt8(ascii: "h"), 0])
            $0.op("s")
            $0.op("s")
        }
        #expect(problem?.code == .checkpointMismatch)
    }

    @Test("references that double at each step (a memo bomb) cost nothing")
    func memoBomb() {
        let problem = refusal {
            $0.op(")")
            for _ in 0..<10_000 {
                $0.op("2")
                $0.raw([0x86])
            }
        }
        #expect(problem?.code == .checkpointMismatch)
    }

    @Test("collections made of one large collection again and again share it")
    func copyingBomb() throws {
        let problem = refusal {
            $0.op("(")
            $0.raw([UInt8](repeating: UInt8(ascii: "N"), count: 100_000))
            $0.op("l")
            $0.raw([UInt8(ascii: "q"), 0])
            $0.global("torch", "Size")
            $0.raw([UInt8(ascii: "q"), 1])
            for _ in 0..<100_000 {
                $0.raw([UInt8(ascii: "h"), 1, UInt8(ascii: "h"), 0, 0x85, UInt8(ascii: "R"), UInt8(ascii: "N"), UInt8(ascii: "a")])
            }
        }
        #expect(problem?.code == .checkpointMismatch)
        let dictionaries = refusal {
            $0.op("(")
            for _ in 0..<1000 {
                $0.raw([UInt8(ascii: "N"), UInt8(ascii: "N"), 0x86])
            }
            $0.op("l")
            $0.raw([UInt8(ascii: "q"), 0])
            $0.global("collections", "OrderedDict")
            $0.raw([UInt8(ascii: "q"), 1])
            for _ in 0..<300_000 {
                $0.raw([UInt8(ascii: "h"), 1, UInt8(ascii: "h"), 0, 0x85, UInt8(ascii: "R")])
            }
        }
        #expect(dictionaries?.code == .checkpointMismatch)
    }

    @Test("endless pickles are refused at a fixed number of operations")
    func operations() {
        let problem = refusal { $0.raw([UInt8](repeating: UInt8(ascii: "N"), count: 2_100_000)) }
        #expect(problem?.code == .checkpointUnsupported)
    }

    @Test(
        "opcodes out of place are refused",
        arguments: [
            [0x30], [0x31], [0x32], [0x85], [0x74], [0x65], [0x73], [0x75], [0x61], [0x52], [0x62], [0x51], [0x71, 0], [0x68, 9], [0x93],
            [0x28, 0x4E, 0x64], [0x4E, 0x4E, 0x61], [0x4E, 0x4E, 0x4E, 0x73], [0x4E, 0x28, 0x30, 0x30, 0x30],
            [0x58, 0xFF, 0xFF, 0xFF, 0xFF], [0x8D] + [UInt8](repeating: 0xFF, count: 8), [0x95] + [UInt8](repeating: 0xFF, count: 8),
            [0x63, 0x61], [0x00], [0x69], [0x50], [0x80, 9], [0x4E, 0x51], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]])
    func misplaced(_ opcodes: [UInt8]) {
        let problem = refusal { $0.raw(opcodes) }
        let codes: [Failure.Code] = [.checkpointMalformed, .checkpointTruncated, .checkpointUnsupported]
        #expect(problem.map { codes.contains($0.code) } == true)
    }

    @Test("what else a training script saves is read as inert data")
    func inertData() {
        let problem = refusal(storages: ["0": [UInt8](repeating: 0, count: 8)]) {
            $0.op("}")
            $0.text("best")
            $0.global("numpy.core.multiarray", "scalar")
            $0.global("numpy", "dtype")
            $0.text("f8")
            $0.raw([0x89, 0x88, 0x87])
            $0.op("R")
            $0.raw([UInt8(ascii: "("), UInt8(ascii: "K"), 3])
            $0.text("<")
            $0.raw([UInt8(ascii: "N"), UInt8(ascii: "N"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "b")])
            $0.global("_codecs", "encode")
            $0.text("xxxxxxxx")
            $0.text("latin1")
            $0.raw([0x86, UInt8(ascii: "R"), 0x86, UInt8(ascii: "R")])
            $0.op("s")
            $0.text("counter")
            $0.global("collections", "Counter")
            $0.op("}")
            $0.raw([0x85, UInt8(ascii: "R")])
            $0.op("s")
            $0.text("device")
            $0.global("torch", "device")
            $0.text("cuda")
            $0.raw([0x85, UInt8(ascii: "R")])
            $0.op("s")
            $0.text("model")
            $0.op("}")
            $0.text("w")
            $0.global("torch._utils", "_rebuild_parameter")
            $0.op("(")
            $0.tensor(key: "0", count: 2, shape: [2], strides: [1])
            $0.raw([0x88, UInt8(ascii: "}"), UInt8(ascii: "t"), UInt8(ascii: "R")])
            $0.op("s")
            $0.op("s")
        }
        #expect(problem?.code == .checkpointMismatch, "all is read; it is just no network")
    }
}
