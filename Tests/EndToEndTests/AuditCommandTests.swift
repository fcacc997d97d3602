import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct AuditCommandTests {
    private let sha256 = "0c53a2afc593efed6e89bbe5095c9cc1ed19bd9d3e95eb681c1dcfe1860b0974"

    @Test func `the demo's certificate is strict, carries its hash, and has every documented key`() throws {
        try Program.withFolder { folder in
            let audit = try Program.evalctl(
                "audit", Program.demoModel, "--images", Program.demoImages, "--count", "2", "--timesteps", "4", "--format", "json",
                "--energy", "mine=1,2", in: folder)
            #expect(audit.status == 0, "\(audit.errors)")
            let certificate = try Program.json(audit.output)
            #expect(certificate["model_sha256"] as? String == sha256)
            #expect(certificate["engine"] as? String == "fixed32")
            #expect(certificate["grade"] as? String == "strict")
            #expect(certificate["equal_to_engine"] as? Bool == true)
            #expect(certificate["image_source"] as? String == "files")
            let spikes = try #require(certificate["spike_path"] as? [String: Int])
            #expect(Set(spikes.keys) == ["additions", "subtractions", "shifts", "comparisons", "multiplications"])
            #expect(spikes["multiplications"] == 0)
            let energy = try #require(certificate["energy_pj"] as? [String: [String: Any]])
            #expect(Set(energy.keys) == ["45nm-float32", "45nm-float16", "45nm-int32", "45nm-int8", "mine"])
            let layers = try #require(certificate["layers"] as? [[String: Any]])
            let products = (certificate["input_layer"] as? [String: Int])?["multiplications"] ?? 0
            let additions = layers.reduce(0) { $0 + ($1["synaptic_additions"] as? Int ?? 0) }
            #expect(energy["mine"]?["total"] as? Double == Double(2 * products + additions))
        }
    }

    @Test func `scalar kernels give the same certificate as vector ones, but for their name`() throws {
        try Program.withFolder { folder in
            let arguments = ["audit", Program.demoModel, "--count", "1", "--engine", "fixed16", "--format", "json"]
            func certificate(_ environment: [String: String]) throws -> NSDictionary {
                let outcome = try Program("evalctl", arguments, environment: environment, in: folder).wait()
                #expect(outcome.status == 0, "\(outcome.errors)")
                var object = try Program.json(outcome.output)
                object["kernels"] = nil
                return object as NSDictionary
            }
            let vector = try certificate([:])
            #expect(try vector == certificate(["EVAL_KERNELS": "scalar"]))
        }
    }

    @Test func `wrong usage ends with 64, a missing file with 1, each with its cause`() throws {
        try Program.withFolder { folder in
            for arguments in [
                ["--energy", "x"], ["--energy", "a=1"], ["--count", "0"], ["--engine", "fast"],
                ["--engine", "float", "--weight-bits", "8"],
            ] {
                let outcome = try Program("evalctl", ["audit", Program.demoModel] + arguments, in: folder).wait()
                #expect(outcome.status == 64, "\(arguments)")
                #expect(outcome.output.isEmpty)
            }
            let missing = try Program.evalctl("audit", "no/such.pth", in: folder)
            #expect(missing.status == 1)
            #expect(missing.errors.contains("no/such.pth"))
            let empty = try Program.evalctl("audit", Program.demoModel, "--images", folder.path, in: folder)
            #expect(empty.status == 1)
            let steps = try Program.evalctl("audit", Program.demoModel, "--timesteps", "0", in: folder)
            #expect(steps.status == 1)
            #expect(steps.errors.contains("0 time steps"))
        }
    }

    @Test(.requiresPostgres) func `the certificate of a stored model is quoted by its runs' reports`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 1, to: images)
            let state = folder.appending(path: "state").path
            let run = try Program.evalctl("run", "--model", Program.demoModel, "--dataset", images.path, "--data-dir", state, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("none; make one with `evalctl audit demo --engine fixed32 --timesteps 4`"))
            let audit = try Program.evalctl(
                "audit", "demo", "--engine", "fixed32", "--timesteps", "4", "--count", "1", "--data-dir", state, in: folder)
            #expect(audit.status == 0, "\(audit.errors)")
            #expect(audit.output.contains("grade strict: nothing is multiplied after the first convolution"))
            let report = try Program.evalctl("report", "1", "--data-dir", state, "--format", "json", in: folder)
            let quote = try #require(try Program.json(report.output)["certificate"] as? [String: Any])
            #expect(quote["grade"] as? String == "strict")
            #expect(quote["equal_to_engine"] as? Bool == true)
            #expect(
                try Program.evalctl("audit", "nobody", "--data-dir", state, in: folder).errors.contains(
                    "there is no stored model named nobody"))
        }
    }
}
