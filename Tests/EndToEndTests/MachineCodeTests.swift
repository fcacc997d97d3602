import Foundation
import Testing

/// No product stands on a spike path in the machine code of any kernel variant.
@Suite(.enabled(if: MachineCode.isReadable)) struct MachineCodeTests {
    static let variants = ["SpikeKernelsV2", "SpikeKernelsV3", "SpikeKernelsV4"]
    /// What a set of kernels names in place, in the order of its members: `Sources/SpikeKernels/Vector/Sets.swift`.
    private static let namedInPlace = [
        "sumRows", "fuse", "expand", "contract", "fire", "mix", "mixCurrents", "sumWindow", "addWhere", "addCurrents", "addLine", "rescale",
        "poolCurrents", "averageCurrents", "countTokens", "multiplySpikes",
    ]
    private static let functions = ["listSpikes", "listConvolution", "sumShiftedRows", "narrow16", "addLines16", "addLines32"]
    static let spikePaths = [16, 32].flatMap { lanes in namedInPlace.map { "\($0)\(lanes)" } } + functions
    /// What is counted as products.
    static let products = ["convolvePixels", "multiplyCurrents16", "multiplyCurrents32"]

    private static let code = Result { try MachineCode(program: Program.folder.appending(path: "evalctl").path) }

    /// How Swift mangles a name.
    private static func mangled(_ name: String) -> String { "\(name.utf8.count)\(name)" }

    /// A module's functions.
    private func symbols(of module: String, in code: MachineCode) -> [String] {
        code.functions.keys.filter { $0.hasPrefix("$s" + Self.mangled(module)) }.sorted()
    }

    /// A module's kernels by name; a function's name follows the module's in its symbol, and a closure's number ends it.
    private func kernels(_ module: String, in code: MachineCode) -> [String: String] {
        var kernels: [String: String] = [:]
        for symbol in symbols(of: module, in: code) {
            let name = symbol.dropFirst("$s\(Self.mangled(module))".count)
            for function in Self.functions + Self.products where name.hasPrefix("\(Self.mangled(function))yy") {
                kernels[function] = symbol
            }
            for lanes in [16, 32] where name.hasPrefix(Self.mangled("kernelSet\(lanes)")) {
                for (index, kernel) in Self.namedInPlace.enumerated() where name.hasSuffix("U\(index == 0 ? "" : "\(index - 1)")_") {
                    kernels["\(kernel)\(lanes)"] = symbol
                }
            }
        }
        return kernels
    }

    /// The instructions of `first` and of all that it calls inside the program, function by function.
    private func reach(_ first: String, in code: MachineCode, known: inout [String: [MachineCode.Instruction]]) throws -> [String] {
        var reached = [first]
        var index = 0
        while index < reached.count {
            let name = reached[index]
            index += 1
            if known[name] == nil { known.merge(try code.instructions(of: [name])) { old, _ in old } }
            let instructions = try #require(known[name], "\(name) has no instructions")
            for instruction in instructions {
                #expect(!instruction.isIndirectCall, "\(name) calls what only shows when it runs: \(instruction.text)")
                guard let target = instruction.target(in: name), !reached.contains(target) else { continue }
                if target.hasSuffix("@plt") {
                    #expect(["memset@plt", "memcpy@plt", "memmove@plt"].contains(target), "\(name) calls \(target)")
                } else {
                    reached.append(target)
                }
            }
        }
        return reached
    }

    @Test(arguments: variants)
    func `no spike-path kernel multiplies vectors or floating-point numbers, nor does what it calls`(module: String) throws {
        let code = try Self.code.get()
        let kernels = kernels(module, in: code)
        #expect(Set(kernels.keys) == Set(Self.spikePaths + Self.products))
        var known = try code.instructions(of: symbols(of: module, in: code))
        for name in Self.spikePaths {
            var count = 0
            for function in try reach(try #require(kernels[name]), in: code, known: &known) {
                let instructions = known[function] ?? []
                count += instructions.count
                let products = instructions.filter(\.isProduct)
                #expect(products.isEmpty, "\(name), in \(function): \(products.map(\.text))")
            }
            #expect(count > 20, "\(name) of \(module) is too short to be a kernel")
        }
    }

    @Test(arguments: variants)
    func `the kernels of products do multiply vectors, so that the check can fail`(module: String) throws {
        let code = try Self.code.get()
        let kernels = kernels(module, in: code)
        var known: [String: [MachineCode.Instruction]] = [:]
        for name in Self.products {
            let functions = try reach(try #require(kernels[name]), in: code, known: &known)
            #expect(functions.contains { known[$0]?.contains { $0.isProduct } == true }, "\(name) multiplies nothing")
        }
    }

    @Test(arguments: [
        "vpmulld", "pmulld", "vpmullw", "vpmulhuw", "pmaddwd", "vpmaddubsw", "vpmuludq", "mulps", "vmulpd", "mulss", "vmulsd", "vmulph",
        "vfmadd231ps", "vfnmsub132sd", "vpdpwssd", "vpdpbusd", "fmulp", "vdpps",
    ])
    func `an instruction that multiplies is told`(mnemonic: String) {
        #expect(MachineCode.Instruction(mnemonic: mnemonic, text: mnemonic).isProduct)
    }

    @Test(arguments: ["vpaddw", "paddd", "vpsubw", "vpsraw", "vpcmpgtw", "vpminsw", "imul", "vmovups", "vpandd", "tzcnt", "lea", "vpermd"])
    func `an instruction that adds, compares, shifts, moves or computes an address is none`(mnemonic: String) {
        #expect(!MachineCode.Instruction(mnemonic: mnemonic, text: mnemonic).isProduct)
    }

    /// The linker keeps one copy of a mergeable function. A copy built for newer instructions would end in what older processors run.
    @Test(arguments: variants)
    func `a variant's objects define no code but their own`(module: String) throws {
        let folder = Program.folder.appending(path: "\(module).build")
        // What an older state of the sources left behind is not linked.
        let sources = try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: "Sources/\(module)").path)
        let objects = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".o") && (!$0.hasSuffix(".swift.o") || sources.contains(String($0.dropLast(2))))
        }
        #expect(!objects.isEmpty)
        var own = 0
        for object in objects {
            for line in try MachineCode.run("nm", ["--defined-only", folder.appending(path: object).path]).split(separator: "\n") {
                let fields = line.split(separator: " ", maxSplits: 2)
                guard fields.count == 3, ["T", "t", "W", "i"].contains(fields[1]) else { continue }
                if fields[2].contains(Self.mangled(module)) { own += 1 } else { Issue.record("\(object) defines \(fields[2])") }
            }
        }
        #expect(own >= Self.spikePaths.count)
    }
}
