/// A reason for which the float reference multiplies.
enum MultiplicationCause: Hashable {
    /// The named layer where several read the image.
    case inputLayer(String?)
    case inputNormalisation
    /// A layer on currents that run through the network, by name.
    case currents(String)
    case channels, axes, tokensOfNeurons, tokensOfSums, spikeNormalisation
    case rates, counts, divisions, timeScales, constants, products
    case leak(isHalf: Bool)

    /// Whether it happens behind the first spikes.
    var isOnSpikePath: Bool {
        switch self {
        case .inputLayer, .inputNormalisation: false
        default: true
        }
    }

    var text: String {
        switch self {
        case .inputLayer(nil): "first convolution"
        case .inputLayer(let name?): "\(name): reads the image"
        case .inputNormalisation: "batch normalisation of the first convolution: per neuron, once an image"
        case .currents(let name): "\(name): reads currents"
        case .channels: "batch normalisation of channels: per neuron and time step"
        case .axes: "batch normalisation of rows and columns: per neuron and time step"
        case .tokensOfNeurons: "batch normalisation of tokens before their neurons: per neuron and time step"
        case .tokensOfSums: "batch normalisation of tokens that are added to other currents: per neuron and time step"
        case .spikeNormalisation: "batch normalisation of spikes: per neuron and time step"
        case .rates: "layers on means: rates, batch normalisation and weights per channel and time step"
        case .counts: "layers on counts: at most once for each synaptic operation"
        case .divisions: "average pooling: sums divided by positions"
        case .timeScales: "factors of time steps: per neuron and time step"
        case .constants: "constant factors: per neuron and time step"
        case .products: "powers of two of products"
        case .leak: "leak of the neurons: a part of each potential's distance to its input"
        }
    }

    /// What a fixed-point engine does.
    var instead: String {
        switch self {
        case .inputLayer: "nothing: it reads pixels, once an image"
        case .currents: "nothing: it multiplies, and the grade says so"
        case .inputNormalisation, .channels, .axes: "folded into weights and biases"
        case .tokensOfNeurons: "folded into thresholds"
        case .tokensOfSums: "cannot be folded into weights or thresholds: a short sum of shifted terms"
        case .spikeNormalisation: "a table: two values for each channel"
        case .rates: "folded into one matrix that spikes add up"
        case .counts: "bit planes of counts, whose rows are added shifted"
        case .divisions: "folded into the weights of what follows"
        case .timeScales: "a short sum of shifted terms"
        case .constants: "folded into weights, or a short sum of shifted terms"
        case .products: "a shift"
        case .leak(let isHalf): isHalf ? "a shift" : "a short sum of shifted terms"
        }
    }
}
