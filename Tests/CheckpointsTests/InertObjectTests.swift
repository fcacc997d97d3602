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
