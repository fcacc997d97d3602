import SpikeKernels

/// The first stage's embedding: a convolution of pixels, patch x patch with stride patch, no bias, and a BN. Computed once per image: it is the same at every step.
struct PatchEmbedding: Sendable {
    private let weights: WeightRows
    private let normalization: BatchNorm
    private let patchSize: Int
    private let imageSize: Int

    init(_ loader: ModuleLoader) {
        weights = WeightRows(loader.tensor("to_patch_embedding.0.0.weight"))
        normalization = BatchNorm(loader, path: "to_patch_embedding.0.1")
        patchSize = loader.architecture.patchSize
        imageSize = loader.architecture.imageSize
    }

    /// - Parameters:
    ///   - input: normalised pixels, `[images, 3, size, size]`.
    ///   - h: `[images, 1, tokens, channels]`, constant in time.
    func embed(_ input: [Float], into h: inout FeatureMap, _ pass: inout ForwardPass) {
        let side = imageSize / patchSize
        for index in h.values.indices {
            h.values[index] = 0
        }
        for image in 0..<pass.images {
            for token in 0..<h.tokens {
                let top = token / side * patchSize
                let left = token % side * patchSize
                for tap in 0..<patchSize * patchSize {
                    for color in 0..<3 {
                        let line = (image * 3 + color) * imageSize + top + tap / patchSize
                        addScaledRow(
                            &h.values, offset: h.index(frame: image, token: token),
                            factor: Double(input[line * imageSize + left + tap % patchSize]),
                            weights: weights.values, row: tap * 3 + color, rowLength: weights.stride)
                    }
                }
            }
        }
        pass.normalize(&h, normalization)
    }
}
