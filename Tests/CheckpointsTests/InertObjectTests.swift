import Checkpoints
import Diagnostics
import Testing

@Suite("Objects beside and around the weights")
struct InertObjectTests {
    private func refusal(_ build: (inout PickleWriter) -> Void) -> Failure? {
        var pickle = PickleWriter()
        build(&pickle)
        let storage = [UInt8](repeating: 0, count: 24)
        return failure { try Checkpoint.load(bytes: pickle.checkpoint(storages: ["0": storage]), name: "x.pth") }
    }

    /// `{"w": tensor}` as the state of an object of `class`, with the attributes of a PyTorch module.
    private func addModule(_ pickle: inout PickleWriter) {
        pickle.global("my.models", "Network")
        pickle.op(")")
        pickle.raw([0x81])
        pickle.op("}")
        pickle.text("_parameters")
        pickle.op("}")
        pickle.text("w")
        pickle.tensor(key: "0", count: 6, shape: [2, 3], strides: [3, 1])
        pickle.op("s")
        pickle.op("s")
        pickle.op("b")
    }

    @Test("a whole module is refused by its class, at the top and under a key")
    func wholeModule() {
        let bare = refusal { addModule(&$0) }
        #expect(bare?.code == .checkpointUnsupported)
        #expect(bare?.message == "x.pth: the file holds a whole module of class 'my.models.Network' and not its state dict")
        let keyed = refusal {
            $0.op("}")
            $0.text("model")
            addModule(&$0)
            $0.op("s")
        }
        #expect(keyed?.message.contains("'my.models.Network' under 'model'") == true)
        #expect(keyed?.remedy?.contains("state_dict()") == true)
    }

    @Test("what is no tensor where a parameter belongs is said to be none, and not missing and left over at once")
    func noTensor() {
        var pickle = PickleWriter()
        pickle.op("}")
        for (name, shape) in [
            ("features.0.weight", [2, 3, 3, 3]), ("classifier.0.weight", [2, 8]), ("classifier.3.weight", [2, 2]),
            ("classifier.6.weight", [3, 2]),
        ] {
            pickle.text(name)
            let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
            pickle.tensor(key: "0", count: 54, shape: shape, strides: strides)
            pickle.op("s")
        }
        pickle.text("features.0.bias")
        pickle.integer(3)
        pickle.op("s")
        let problem = failure {
            try Checkpoint.load(
                bytes: pickle.checkpoint(storages: ["0": [UInt8](repeating: 0, count: 216)]), name: "x.pth",
                network: NetworkChoice(parsing: "spiking-vgg,neuron=if"), imageSize: 4)
        }
        #expect(problem?.code == .checkpointMismatch)
        #expect(problem?.message.contains("1 mis-shaped: features.0.bias holds no tensor of real numbers") == true)
        #expect(problem?.message.contains("3 missing: classifier.0.bias, classifier.3.bias, classifier.6.bias") == true)
        #expect(problem?.message.contains("surplus") == false)
    }

    @Test("a file without a state dict is refused with its top keys")
    func topKeys() {
        let problem = refusal {
            $0.op("}")
            for key in ["epoch", "loss"] {
                $0.text(key)
                $0.integer(3)
                $0.op("s")
            }
        }
        #expect(problem?.message == "x.pth: there is no state dict in it; top keys: 'epoch', 'loss'")
        #expect(refusal { $0.op(")") }?.message == "x.pth: there is no state dict in it; top keys: none")
    }

    @Test("objects may be called, appended to, set and built like anything in Python, and stay data")
    func everyOperation() {
        let problem = refusal {
            $0.op("}")
            $0.text("a")
            $0.global("my", "Thing")
            $0.op(")")
            $0.op("R")
            $0.op("}")
            $0.raw([0x62])
            $0.integer(1)
            $0.op("a")
            $0.text("key")
            $0.integer(2)
            $0.op("s")
            $0.op(")")
            $0.op("R")
            $0.op("s")
            $0.text("state")
            $0.op("}")
            $0.text("conv.weight")
            $0.tensor(key: "0", count: 6, shape: [2, 3], strides: [3, 1])
            $0.op("s")
            $0.op("s")
        }
        #expect(problem?.message.contains("the first tensors are 'conv.weight' [2, 3]") == true, "all is read; it is just no network")
    }
}
