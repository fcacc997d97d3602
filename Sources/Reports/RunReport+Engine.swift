internal import Diagnostics
package import Evaluation

extension RunReport {
    private var hasNarrowLanes: Bool { engine == "fixed16" || engine.hasPrefix("fixed16-") }
    /// Bits that the weights were rounded to, nil for as many as the lanes carry.
    private var weightBits: Int? { engine.firstRange(of: "-w").flatMap { Int(engine[$0.upperBound...]) } }

    /// Stands beside an accuracy that a coarser engine than the reference gave.
    var engineRemark: String { hasNarrowLanes || weightBits != nil ? "  with \(engine)" : "" }

    /// Why that engine is coarser.
    var engineNotes: [[String]] {
        var reasons: [String] = []
        if hasNarrowLanes { reasons.append("16-bit lanes are coarser than the reference") }
        if let weightBits { reasons.append("weights are rounded to \(weightBits) bits") }
        return reasons.isEmpty ? [] : [["note", "\(engine): \(reasons.joined(separator: ", "))"]]
    }

    /// The certificate in a sentence, or how to make one.
    package var certificateText: String {
        guard let certificate else {
            let bits = weightBits.map { " --weight-bits \($0)" } ?? ""
            let name = engine.firstRange(of: "-w").map { String(engine[..<$0.lowerBound]) } ?? engine
            return "none; make one with `evalctl audit \(model) --engine \(name)\(bits) --timesteps \(timeSteps)`"
        }
        let images = certificate.images.counted("image")
        let proof =
            switch certificate.equalToEngine {
            case true?: "counted run equal to kernels \(certificate.kernels) on \(images)"
            case false?: "counted run NOT equal to kernels \(certificate.kernels) on \(images)"
            case nil: "derived for \(images)"
            }
        return "\(certificate.grade.rawValue): \(NumberText.grouped(certificate.spikePathMultiplications)) multiplications on spike paths, "
            + "\(NumberText.grouped(certificate.inputLayerMultiplications)) in the first convolution; \(proof) "
            + "(evalctl \(certificate.version), \(certificate.madeAt))"
    }
}
