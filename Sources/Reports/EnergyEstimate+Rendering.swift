package import Evaluation

extension EnergyEstimate {
    /// The sum with its numbers (`11,741,184 MACs x 4.6 pJ + 1,280,000,000 ACs x 0.9 pJ (45nm-float32)`).
    package var formula: String {
        "\(NumberText.grouped(macsPerImage)) MACs x \(costs.mac) pJ + "
            + "\(NumberText.grouped(Int(synapticOperationsPerImage.rounded()))) ACs x \(costs.ac) pJ (\(costs.name))"
    }
}
