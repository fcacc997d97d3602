package import Evaluation

extension EnergyEstimate {
    /// The same by the field's habit, in a sentence; nil where it was not kept.
    package var habit: String? {
        guard let timeSteps, let millijoulesRepeated else { return nil }
        return "with the first convolution once an image; counted in each of T = \(timeSteps) time steps, as many papers do, "
            + "\(NumberText.significant(millijoulesRepeated)) mJ"
    }

    /// Why there is none.
    package static func absence(engine: String) -> String {
        isOf(engine: engine)
            ? "none: the model's architecture does not tell the first convolution's size"
            : "none: \(engine) multiplies by every weight, and the energy of additions is not its own"
    }

    /// The sum with its numbers (`11,741,184 MACs x 4.6 pJ + 1,280,000,000 ACs x 0.9 pJ (45nm-float32)`).
    package var formula: String {
        "\(NumberText.grouped(macsPerImage)) MACs x \(costs.mac) pJ + "
            + "\(NumberText.grouped(Int(synapticOperationsPerImage.rounded()))) ACs x \(costs.ac) pJ (\(costs.name))"
    }
}
