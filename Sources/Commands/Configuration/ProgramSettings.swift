internal import ArgumentParser
internal import Diagnostics
internal import Foundation

/// A program's settings: the command line goes before the environment, that before the service manager's credentials, those before the file, and
/// that before what is built in.
///
/// What comes from elsewhere than the command line is added to the arguments, so that it is parsed and refused as options are.
struct ProgramSettings {
    /// What the program takes from elsewhere than its command line.
    let known: [Setting]
    /// The part of it that the command at hand takes.
    let taken: [Setting]
    let arguments: [String]
    let file: SettingsFile?
    private let environment: [String: String]

    /// - Parameters:
    ///   - arguments: the command line without the program's name.
    ///   - settings: names of the options that are settings; nil for all of them.
    ///   - defaultFile: the file that is read where none is named and it is there.
    /// - Throws: `configuration.file`, `configuration.setting`.
    init(
        _ description: CommandDescription, arguments: [String], environment: [String: String], settings: Set<String>?, defaultFile: String
    ) throws {
        func isSetting(_ setting: Setting) -> Bool {
            !Self.unsettable.contains(setting.name) && settings.map { $0.contains(setting.name) } ?? true
        }
        known = description.allSettings.filter(isSetting)
        let command = description.command(of: arguments)
        taken = (command.subcommands ?? []).isEmpty ? command.settings.filter(isSetting) : known
        self.environment = environment
        let (named, rest) = Self.fileNamed(by: arguments)
        self.arguments = rest
        if let path = named ?? environment["EVALCTL_CONFIG"] {
            file = path.isEmpty ? nil : try SettingsFile(path: path)
        } else {
            file = FileManager.default.fileExists(atPath: defaultFile) ? try SettingsFile(path: defaultFile) : nil
        }
        try checkFile()
    }

    /// Options that are about one call of the program.
    private static let unsettable: Set<String> = ["help", "version", "config", "print-config"]

    private static func fileNamed(by arguments: [String]) -> (path: String?, rest: [String]) {
        var (path, rest) = (String?.none, [String]())
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            if arguments[index] == "--config", index + 1 < arguments.count {
                path = arguments[index + 1]
                index += 1
            } else if arguments[index].hasPrefix("--config=") {
                path = String(arguments[index].dropFirst("--config=".count))
            } else {
                rest.append(arguments[index])
            }
            index += 1
        }
        return (path, rest + arguments[index...])
    }

    private func checkFile() throws {
        var seen: Set<String> = []
        for entry in file?.entries ?? [] {
            let place = "line \(entry.line) of \(file?.path ?? "")"
            guard let setting = known.first(where: { $0.name == entry.name }) else {
                throw Failure(
                    .configurationSetting, "there is no setting \(entry.name) (\(place))",
                    remedy: "choose among \(known.map(\.name).sorted().joined(separator: ", "))")
            }
            guard setting.isRepeated || seen.insert(entry.name).inserted else {
                throw Failure(.configurationSetting, "\(entry.name) stands twice, again in \(place)", remedy: "leave one of them out")
            }
            guard !setting.isFlag || ["true", "false"].contains(entry.value) else {
                throw Failure(.configurationSetting, "\(entry.name) is neither true nor false in \(place)", remedy: "write true or false")
            }
        }
    }

    /// Arguments before `--`, which ends options.
    private var options: ArraySlice<String> { arguments.prefix { $0 != "--" } }

    /// Whether the effective settings are asked for, instead of the program's work.
    var isPrinting: Bool { options.contains("--print-config") }

    /// Where a setting is from, and its values in order; what is built in is at most one.
    func values(of setting: Setting) -> (origin: SettingOrigin, values: [String]) {
        let given = valuesGiven(to: setting)
        if !given.isEmpty { return (.flag, given) }
        if let value = environment[setting.variable], !value.isEmpty {
            return (.environment, setting.isRepeated ? value.split(whereSeparator: \.isNewline).map(String.init) : [value])
        }
        if let value = credential(for: setting) { return (.credential, [value]) }
        let entries = (file?.entries ?? []).filter { $0.name == setting.name }.map(\.value)
        if !entries.isEmpty { return (.file, entries) }
        return (.builtIn, setting.defaultValue.map { [$0] } ?? [])
    }

    /// The credential `evalctl_NAME` that systemd has loaded for this service: its path for a setting that names a file of secrets, else its text.
    private func credential(for setting: Setting) -> String? {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !setting.isRepeated, !setting.isFlag else { return nil }
        let path = folder + "/evalctl_" + setting.name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        if ["kafka-config", "http-token-file"].contains(setting.name) { return path }
        let text = try? String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func valuesGiven(to setting: Setting) -> [String] {
        let option = "--" + setting.name
        return options.indices.compactMap { index in
            if options[index].hasPrefix(option + "=") { return String(options[index].dropFirst(option.count + 1)) }
            guard options[index] == option else { return nil }
            if setting.isFlag { return "true" }
            return index + 1 < options.endIndex ? options[index + 1] : ""
        }
    }

    /// The command line with what the environment and the file add to it.
    var effectiveArguments: [String] {
        let added = taken.flatMap { setting -> [String] in
            let (origin, values) = values(of: setting)
            guard ![.flag, .builtIn].contains(origin) else { return [] }
            if setting.isFlag { return values == ["true"] ? ["--" + setting.name] : [] }
            return values.map { "--\(setting.name)=\($0)" }
        }
        return Array(options) + added + arguments[options.endIndex...]
    }
}
