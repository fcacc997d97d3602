import Diagnostics
import Networks

/// SEW-ResNet: the branch's spikes join the shortcut's by add, and, or iand.
enum SEWResNet: NetworkFamily {
    static let name = "sew-resnet"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bilinear", cropFraction: 0.875)

    static var published: [Publication<ResidualNetwork>] {
        func network(_ layers: Int, _ depths: [Int], _ top1: Double) -> Publication<ResidualNetwork> {
            Publication(
                "\(name)-\(layers)",
                ResidualNetwork(
                    depths: depths, isOriginal: true, hasBottlenecks: layers >= 50, neuron: NeuronChoice(kind: .if),
                    joining: .spikes(.add)),
                [PublishedAccuracy(top1: top1, timeSteps: 4, source: "Deep Residual Learning in Spiking Neural Networks, NeurIPS 2021")])
        }
        return [
            network(18, [2, 2, 2, 2], 63.18), network(34, [3, 4, 6, 3], 67.04), network(50, [3, 4, 6, 3], 67.78),
            network(101, [3, 4, 23, 3], 68.76), network(152, [3, 8, 36, 3], 69.26),
        ]
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        guard ResidualNetwork.recognises(shapes), !shapes.names.contains(where: { $0.contains(".downsample.module.") }) else {
            return false
        }
        return !SpikingResNet.isNamed(arguments)
    }

    /// Whether the arguments name a network of this family.
    static func isNamed(_ arguments: SavedArguments) -> Bool {
        arguments.modelName?.contains("sew") ?? false || arguments.text("cnf", "connect_f") != nil
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> ResidualNetwork {
        let isOriginal = ResidualNetwork.isOriginal(shapes)
        let neuron = try questions.neuron(assumed: isOriginal ? NeuronChoice(kind: .if) : nil, shapes)
        let connection = try questions.connection(assumed: isOriginal ? .add : nil)
        return try ResidualNetwork(shapes, &questions, neuron: neuron, joining: .spikes(connection))
    }

    static func graph(_ configuration: ResidualNetwork) -> NetworkGraph { configuration.graph }
    static func answers(_ configuration: ResidualNetwork) -> [NetworkSetting] { configuration.answers }
    static func sizes(_ configuration: ResidualNetwork) -> [NetworkSize] { configuration.sizes }

    static func canonical(_ configuration: ResidualNetwork) -> ResidualNetwork {
        var canonical = configuration
        canonical.isOriginal = true
        return canonical
    }
}
