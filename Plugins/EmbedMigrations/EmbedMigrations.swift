import Foundation
import PackagePlugin

/// Writes `Migration.embedded`, the list of `migrations/V*.sql` with their texts, as Swift source.
///
/// The package manager's own `embedInCode` would do it too, as arrays of single bytes, which take a minute to compile for 60 KB.
/// The target's folder holds a link to `migrations/`, excluded from its sources: the package manager plans the build anew, and asks this plugin
/// again, when a file is added to or removed from the folders of a target.
@main
struct EmbedMigrations: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "migrations")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("V") && $0.pathExtension == "sql" }
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedMigrations/embed.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedMigrations.swift")
        return [
            .buildCommand(
                displayName: "Embedding the migrations", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, folder.path, output.path], inputFiles: [script, folder] + files, outputFiles: [output])
        ]
    }
}
