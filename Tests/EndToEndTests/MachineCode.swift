import Foundation
import Testing

/// The instructions of a built program, read with binutils' `nm` and `objdump`.
struct MachineCode {
    /// A function of the program.
    struct Function {
        var name: String
        var start: UInt64
        var end: UInt64
    }

    struct Instruction {
        var mnemonic: String
        /// The whole instruction.
        var text: String

        /// A product of data: of vector lanes or of floating-point numbers, whatever its width, signs and further additions.
        var isProduct: Bool {
            let bare = mnemonic.hasPrefix("v") ? mnemonic.dropFirst() : mnemonic[...]
            if ["pmul", "pmadd", "pclmul", "pdp", "fmadd", "fmsub", "fnmadd", "fnmsub", "gf2p8mul", "dpp"].contains(where: bare.hasPrefix) {
                return true
            }
            // mulps, mulpd, mulss, mulsd, mulph, mulsh; the x87's fmul, fmulp, fimul. The integer unit's imul is for addresses.
            return ["mulp", "muls", "fmul", "fimul"].contains(where: bare.hasPrefix)
        }

        /// The function that is called or jumped to, nil for what stays inside a function.
        func target(in function: String) -> String? {
            guard mnemonic.hasPrefix("call") || mnemonic.hasPrefix("j") else { return nil }
            guard let open = text.lastIndex(of: "<"), text.last == ">" else { return nil }
            let name = text[text.index(after: open)...].dropLast()
            let target = String(name.split(separator: "+0x", maxSplits: 1)[0])
            return target == function ? nil : target
        }

        /// Goes to an address that is only known when it runs.
        var isIndirectCall: Bool { mnemonic.hasPrefix("call") && text.contains("*") && !text.contains("<") }
    }

    /// Whether this machine's instructions are the ones that are told here.
    static var isReadable: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }

    private static let prefixes: Set<Substring> = ["rep", "repz", "repnz", "lock", "notrack", "bnd", "data16"]

    let program: String
    let functions: [String: Function]

    init(program: String) throws {
        self.program = program
        let lines = try Self.run("nm", ["--numeric-sort", "--defined-only", program]).split(separator: "\n")
        let symbols = lines.compactMap { line -> (address: UInt64, kind: Substring, name: String)? in
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, let address = UInt64(fields[0], radix: 16) else { return nil }
            return (address, fields[1], String(fields[2]))
        }
        var functions: [String: Function] = [:]
        for (index, symbol) in symbols.enumerated() where ["T", "t", "W", "i"].contains(symbol.kind) {
            guard let next = symbols[index...].first(where: { $0.address > symbol.address }) else { continue }
            functions[symbol.name] = Function(name: symbol.name, start: symbol.address, end: next.address)
        }
        self.functions = functions
    }

    /// The instructions of some functions, by their names.
    func instructions(of names: [String]) throws -> [String: [Instruction]] {
        let wanted = names.compactMap { functions[$0] }
        guard let start = wanted.map(\.start).min(), let end = wanted.map(\.end).max() else { return [:] }
        let text = try Self.run(
            "objdump", ["--disassemble", "--no-show-raw-insn", "--start-address=\(start)", "--stop-address=\(end)", program])
        var found: [String: [Instruction]] = [:]
        var name = ""
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            if line.last == UInt8(ascii: ":"), let open = line.firstIndex(of: UInt8(ascii: "<")) {
                name = String(Substring(line[line.index(after: open)...].dropLast(2)))
                continue
            }
            guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let instruction = String(Substring(line[line.index(after: tab)...]))
            guard let mnemonic = instruction.split(separator: " ").first(where: { !Self.prefixes.contains($0) }) else { continue }
            found[name, default: []].append(Instruction(mnemonic: String(mnemonic), text: instruction))
        }
        return found
    }

    /// What a binutils program prints.
    static func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(tool) failed; ops/setup installs it with binutils")
        return String(decoding: data, as: UTF8.self)
    }
}
