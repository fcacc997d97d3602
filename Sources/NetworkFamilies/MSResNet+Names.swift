extension MSResNet {
    /// Module paths in one spelling.
    struct Names {
        let spelling: Spelling
        let isDeep: Bool

        struct Block {
            var neurons, convolutions, normalisations: [String]
            var shortcutPool: String?
            var shortcutConvolution, shortcutNormalisation: String
        }

        var stem: String { spelling == .zoo ? "stem" : "conv1" }
        var stemNormalisation: String { spelling == .zoo ? "stem.1" : isDeep ? "conv1.3.bn" : "conv1.1.bn" }
        var head: String { spelling == .zoo ? "head" : "fc" }
        var headNeuron: String { spelling == .zoo ? "head_lif" : "mem_update" }

        func layer(_ number: Int) -> String { spelling == .zoo ? "layer\(number)" : "conv\(number + 1)_x" }

        func block(_ path: String) -> Block {
            guard spelling == .original else {
                return Block(
                    neurons: ["\(path).spike1", "\(path).spike2"], convolutions: ["\(path).conv1", "\(path).conv2"],
                    normalisations: ["\(path).bn1", "\(path).bn2"], shortcutConvolution: "\(path).downsample.0",
                    shortcutNormalisation: "\(path).downsample.1")
            }
            let branch = "\(path).residual_function"
            let shortcut = "\(path).shortcut"
            return Block(
                neurons: ["\(branch).0", "\(branch).3"], convolutions: ["\(branch).1", "\(branch).4"],
                normalisations: ["\(branch).2.bn", "\(branch).5.bn"], shortcutPool: isDeep ? "\(shortcut).0" : nil,
                shortcutConvolution: isDeep ? "\(shortcut).1" : "\(shortcut).0",
                shortcutNormalisation: isDeep ? "\(shortcut).2.bn" : "\(shortcut).1.bn")
        }
    }
}
