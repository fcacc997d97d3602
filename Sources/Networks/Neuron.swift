/// A group of spiking neurons with one equation. With input u, potential v (0 at first), threshold th and reset value r:
///
///     lif, input decayed:  v <- v + (u - (v - r)) / tau        not decayed:  v <- v - (v - r) / tau + u
///     if:                  v <- v + u
///     s = 1 if v >= th (or v > th);   hard reset: v <- r where s;   soft reset: v <- v - th where s
package struct Neuron: Sendable, Hashable {
    package enum Leak: Sendable, Hashable {
        /// Integrate and fire.
        case none
        /// Leaky integrate and fire with this time constant, at least 1.
        case tau(Double)
        /// `1 / tau = sigmoid(w)` with the scalar tensor of this name.
        case learned(String)
    }

    package enum Reset: Sendable, Hashable {
        case hard(Double)
        case soft
    }

    package var leak: Leak
    package var decaysInput: Bool
    package var threshold: Double
    /// Whether a potential has to exceed the threshold and not only reach it.
    package var isStrict: Bool
    package var reset: Reset
    package var layout: SpikeLayout

    package init(
        leak: Leak = .tau(2), decaysInput: Bool = true, threshold: Double = 1, isStrict: Bool = false, reset: Reset = .hard(0),
        layout: SpikeLayout = .channels
    ) {
        self.leak = leak
        self.decaysInput = decaysInput
        self.threshold = threshold
        self.isStrict = isStrict
        self.reset = reset
        self.layout = layout
    }

    /// The same neuron whose spikes PyTorch orders in another way.
    package func ordered(_ layout: SpikeLayout) -> Neuron {
        var neuron = self
        neuron.layout = layout
        return neuron
    }
}

/// How PyTorch orders the neurons of a group.
package enum SpikeLayout: Sendable, Hashable {
    /// `[channel, row, column]`
    case channels
    /// `[row, channel, column]`
    case rows
    /// `[column, channel, row]`
    case columns
    /// `[token, channel]`
    case tokens
    /// In the order of channels, rows and columns, under another shape.
    case shaped([Int])
}
