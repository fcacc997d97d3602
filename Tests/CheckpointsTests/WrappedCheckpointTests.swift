import Checkpoints
import Diagnostics
import Networks
import Testing

@Suite("Weights as training code leaves them")
struct WrappedCheckpointTests {
    private func load(_ name: String, weights: String? = nil) throws -> Checkpoint {
        try Checkpoint.load(path: Fixtures.wrapped(name), weights: weights)
    }

    @Test(
        "a file gives the weights of the plain checkpoint, exactly",
        arguments: [
            ("compiled.pth", nil), ("lightning.ckpt", nil), ("key_net.pth", nil), ("key_model_state.pth", nil), ("random_states.pth", nil),
            ("plain_objects.pth", nil), ("model_and_ema.pth", "model_ema"), ("thop.pth", nil), ("legacy_script_layout.pth", nil),
            ("deflated.pth", nil),
        ] as [(String, String?)])
    func weights(_ name: String, _ key: String?) throws {
        let expected = try Checkpoint.load(path: Fixtures.network("spe-tiny.pth"))
        let checkpoint = try load(name, weights: key)
        #expect(checkpoint.parameters.tensors == expected.parameters.tensors)
        #expect(checkpoint.format == .torch)
    }

    @Test("PyTorch's legacy format is read in later pickle protocols, which put their pickles in frames")
    func legacyProtocol() throws {
        let bytes = try Fixtures.bytes(Fixtures.wrapped("legacy_script_layout.pth"))
        let framed: [UInt8] = [0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0] + bytes[2...]
        let checkpoint = try Checkpoint.load(bytes: framed, name: "framed.pth")
        #expect(checkpoint.parameters.tensors == (try load("legacy_script_layout.pth").parameters.tensors))
    }

    @Test("the state dict that was not taken is named, and --weights chooses it")
    func averagedWeights() throws {
        let taken = try load("model_and_ema.pth")
        #expect(
            taken.notices == [
                "the weights are those under 'model'; the file holds other state dicts under 'model_ema', which --weights chooses"
            ])
        #expect(try load("model_and_ema.pth", weights: "model").parameters.tensors == taken.parameters.tensors)
        #expect(try load("model_and_ema.pth", weights: "model_ema").parameters.tensors != taken.parameters.tensors)
        let problem = failure { try load("model_and_ema.pth", weights: "epoch") }
        #expect(problem?.message.contains("there is no state dict under 'epoch'; there are 'model', 'model_ema'") == true)
        let single = failure { try Checkpoint.load(path: Fixtures.network("spe-tiny.safetensors"), weights: "model") }
        #expect(single?.code == .checkpointMismatch)
    }

    @Test("FLOP counts are left out with a notice, other objects are named")
    func notices() throws {
        #expect(try load("thop.pth").notices.first?.contains("entries of the state dict that no inference needs were left out") == true)
        #expect(
            try load("plain_objects.pth").notices == [
                "objects beside the weights were left as they are: 'collections.deque', 'datetime.datetime', 'collections.defaultdict'"
            ])
        #expect(try load("random_states.pth").notices.isEmpty)
    }

    @Test("T and the epoch are told from each layout that has them")
    func training() throws {
        #expect(try load("key_model_state.pth").savedTimeSteps == 4)
        #expect(try load("legacy_script_layout.pth").savedTimeSteps == 4)
        #expect(try load("lightning.ckpt").epoch == 3)
    }

    @Test("a legacy file cut anywhere, or with a byte changed anywhere in its pickles, is refused or read, and nothing else")
    func damagedLegacyFile() throws {
        let bytes = try Fixtures.bytes(Fixtures.wrapped("legacy_script_layout.pth"))
        for length in Array(stride(from: 0, to: 60_000, by: 997)) + Array(stride(from: 60_000, to: bytes.count, by: 40_009)) {
            let problem = failure { try Checkpoint.load(bytes: Array(bytes[..<length]), name: "bad.pth") }
            #expect(problem?.message.hasPrefix("bad.pth: ") == true, "\(length) bytes")
        }
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: 0..<51_000, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            do {
                _ = try Checkpoint.load(bytes: changed, name: "bad.pth")
            } catch {
                #expect(error.message.hasPrefix("bad.pth: "))
            }
        }
    }
}
