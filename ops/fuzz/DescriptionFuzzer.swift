import Diagnostics
import NetworkFamilies
import Networks

/// Any bytes give a network or a `Failure`, and neither crash nor hang nor take memory without bound.
///
/// The first byte chooses what the rest is: a description, whose tensors are those of a published network; what `--network` takes; or the
/// shape of one of that network's tensors, and which one it is.
func fuzzDescription(_ input: [UInt8]) {
    guard let kind = input.first else { return }
    let rest = Array(input.dropFirst())
    switch kind {
    case UInt8(ascii: "o"): _ = try? NetworkOptions(parsing: String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: "s"):
        guard rest.count >= 2 else { return }
        var shapes = published
        let names = shapes.keys.sorted()
        shapes[names[Int(rest[0]) * names.count / 256]] = rest.dropFirst(2).prefix(6).map { (Int($0) - 8) << Int(rest[1] % 60) }
        _ = try? NetworkFamilies.recognise(shapes: TensorShapes(shapes))
    default:
        guard let read = try? NetworkDescription(reading: rest, shapes: TensorShapes(published), name: "fuzz") else { return }
        guard let network = try? Network(read.graph) else { return }
        guard let again = try? NetworkDescription(reading: Array(network.json.utf8), shapes: TensorShapes(published), name: "fuzz"),
            (try? Network(again.graph))?.features.last == network.features.last
        else { fatalError("a description that was read is not read again") }
    }
}

private let published: [String: [Int]] = {
    let names = ["sdt-8-384", "sew-resnet-18", "mlp-spe-t"]
    return names.reduce(into: [:]) { shapes, name in
        shapes.merge((try? NetworkFamilies.named(name))?.graph.tensorShapes ?? [:]) { one, _ in one }
    }
}()
