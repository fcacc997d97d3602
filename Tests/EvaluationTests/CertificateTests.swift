import Evaluation
import Foundation
import Testing

@Suite struct CertificateTests {
    static let certificate = Certificate(
        modelSHA256: String(repeating: "ab", count: 32), engine: "fixed32", kernels: "v3", version: "0.1.0", timeSteps: 4, images: 2,
        imageSource: "generated", equality: (true, nil),
        layers: [
            .init(name: "to_patch_embedding.0.0", part: "input", operations: .init(additions: 110, shifts: 10, multiplications: 100)),
            .init(
                name: "token_mix.0.fuse.0", part: "linear", operations: .init(additions: 70, subtractions: 5, shifts: 8, comparisons: 9),
                synapticAdditions: 50, synapticOperations: 50),
        ],
        multiplied: [.init(cause: "first convolution", multiplications: 100, onSpikePath: false, instead: "nothing")],
        costs: EnergyCosts.published,
        units: .init(
            spread: "1 is 2^10 to 2^20 units in 3 currents", warnings: ["token_mix.0.sum: an outlier costs channel 3 up to 9 bits"]))

    @Test func `a certificate's JSON has the documented keys and reads back`() throws {
        let data = try JSONEncoder().encode(Self.certificate)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "model_sha256", "engine", "kernels", "version", "timesteps", "images", "image_source", "grade", "spike_path", "input_layer",
                "equal_to_engine", "difference", "layers", "multiplied", "units", "energy_pj",
            ])
        #expect(
            object["spike_path"] as? [String: Int]
                == ["additions": 70, "subtractions": 5, "shifts": 8, "comparisons": 9, "multiplications": 0])
        #expect(object["input_layer"] as? [String: Int] == ["multiplications": 100])
        #expect(object["grade"] as? String == "strict")
        #expect(object["equal_to_engine"] as? Bool == true)
        #expect(try JSONDecoder().decode(Certificate.self, from: data) == Self.certificate)
    }

    @Test func `energy is multiplications and synaptic additions by each table of costs`() throws {
        let energy = try #require(Self.certificate.energy["45nm-float32"])
        #expect(abs(energy.total - (100 * 4.6 + 50 * 0.9)) < 1e-9)
        #expect(abs(energy.perImage - energy.total / 2) < 1e-9)
        // 10 additions of the input layer beyond its multiply-accumulates, 20 additions and 5 subtractions of neurons.
        #expect(abs(energy.withNeurons - (energy.total + 35 * 0.9)) < 1e-9)
        #expect(energy.layers["token_mix.0.fuse.0"] == 50 * 0.9)
        #expect(energy.formula.hasSuffix("= 100 x 4.6 pJ + 50 x 0.9 pJ"))
        #expect(Set(Self.certificate.energy.keys) == ["45nm-float32", "45nm-float16", "45nm-int32", "45nm-int8"])
    }

    @Test func `a table of costs is NAME=AC,MAC`() {
        #expect(EnergyCosts(parsing: "7nm-int16=0.007,0.06") == EnergyCosts(name: "7nm-int16", ac: 0.007, mac: 0.06))
        for text in ["", "a", "a=", "=1,2", "a=1", "a=1,2,3", "a=x,1", "a=-1,2", "a=nan,1", "a=inf,1", "a b=1,2"] {
            #expect(EnergyCosts(parsing: text) == nil, "\(text)")
        }
    }
}
