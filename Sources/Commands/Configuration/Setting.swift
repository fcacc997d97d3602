internal import Foundation

/// An option that may also come from the environment or a file.
struct Setting: Equatable {
    /// Its long name, as on the command line and in the file.
    var name: String
    var isFlag: Bool
    var isRepeated: Bool
    /// As its help says it; nil where there is none.
    var defaultValue: String?

    /// `EVALCTL_` and the name: `EVALCTL_LEASE_SECONDS`.
    var variable: String { "EVALCTL_" + name.uppercased().replacing("-", with: "_") }
}

/// Where a setting's value is from. What stands later here gives way.
enum SettingOrigin: Equatable {
    case flag, environment, credential, file, builtIn
}

/// A program's commands with their options, as the argument parser describes them.
struct CommandDescription: Decodable {
    struct Name: Decodable {
        var kind: String
        var name: String
    }

    struct Argument: Decodable {
        var kind: String
        var shouldDisplay: Bool
        var isRepeating: Bool
        var names: [Name]?
        var defaultValue: String?
    }

    private struct Tool: Decodable {
        var command: CommandDescription
    }

    var commandName: String
    var defaultSubcommand: String?
    var subcommands: [CommandDescription]?
    var arguments: [Argument]?

    /// - Parameter dump: the description as JSON.
    static func parse(_ dump: String) throws -> CommandDescription {
        try JSONDecoder().decode(Tool.self, from: Data(dump.utf8)).command
    }

    /// Options with a long name that help shows, in its order.
    var settings: [Setting] {
        (arguments ?? []).compactMap { argument in
            guard argument.kind != "positional", argument.shouldDisplay,
                let name = argument.names?.first(where: { $0.kind == "long" })?.name
            else { return nil }
            return Setting(
                name: name, isFlag: argument.kind == "flag", isRepeated: argument.isRepeating, defaultValue: argument.defaultValue)
        }
    }

    /// The command that the words begin with.
    func command(of words: some Collection<String>) -> CommandDescription {
        guard let subcommands, !subcommands.isEmpty else { return self }
        if let first = words.first, let named = subcommands.first(where: { $0.commandName == first }) {
            return named.command(of: words.dropFirst())
        }
        return subcommands.first { $0.commandName == defaultSubcommand } ?? self
    }

    /// The settings of this command and of all below it, each once.
    var allSettings: [Setting] {
        (settings + (subcommands ?? []).flatMap(\.allSettings)).reduce(into: []) { list, setting in
            if !list.contains(where: { $0.name == setting.name }) { list.append(setting) }
        }
    }
}
