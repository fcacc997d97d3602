import Foundation
import Testing

extension ProgramTests {
    /// What Grafana, Prometheus and the documentation name is what the programs expose.
    @Suite struct MetricNamesTests {
        /// Names of metrics in a text, without what histograms add.
        private static func names(in text: String, of known: Set<String>) -> Set<String> {
            Set(
                text.matches(of: /\b(?:evalctl|process)_[a-z0-9_]+/).map { match in
                    let name = String(match.output)
                    guard !known.contains(name), let end = name.lastIndex(of: "_") else { return name }
                    return ["_bucket", "_sum", "_count"].contains(name[end...]) ? String(name[..<end]) : name
                })
        }

        @Test func `every metric that is named is exposed, and every one that is exposed is documented`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, dashboard) = try cluster.serving("eval-coordinator")
                let (worker, http) = try cluster.serving("eval-worker", token: nil, "--threads", "1")
                try cluster.waitForWorkers(1)
                let texts = try [
                    dashboard.wait(for: "/metrics") { $0.body.contains("evalctl_consumer_lag_messages{") }.body, http.get("/metrics").body,
                ]
                let exposed = Set(
                    texts.joined().split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })
                #expect(exposed.count > 40)
                for file in ["ops/grafana/evalctl.json", "ops/prometheus/alerts.yml"] {
                    let text = try String(contentsOf: Program.root.appending(path: file), encoding: .utf8)
                    let named = Self.names(in: text, of: exposed)
                    #expect(named.count > 10)
                    #expect(named.subtracting(exposed).isEmpty, "\(file) names what no program exposes")
                }
                let manual = try String(contentsOf: Program.root.appending(path: "docs/dashboard.md"), encoding: .utf8)
                let documented = Self.names(in: manual.components(separatedBy: "\n## Metrics\n").last ?? "", of: exposed)
                #expect(documented == exposed, "\(documented.symmetricDifference(exposed).sorted())")
                for text in texts {
                    for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
                        let words = line.split(separator: " ")
                        #expect((words[3] == "counter") == words[2].hasSuffix("_total"), "\(line)")
                    }
                }
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `the Grafana dashboard can be imported: panels that query the chosen data source, each with a place`() throws {
            let file = Program.root.appending(path: "ops/grafana/evalctl.json")
            let dashboard = try Program.json(String(contentsOf: file, encoding: .utf8))
            #expect(dashboard["uid"] as? String == "evalctl")
            #expect((dashboard["schemaVersion"] as? Int ?? 0) >= 38)
            let variables = try #require((dashboard["templating"] as? [String: Any])?["list"] as? [[String: Any]])
            #expect(variables.contains { $0["type"] as? String == "datasource" && $0["query"] as? String == "prometheus" })
            let panels = try #require(dashboard["panels"] as? [[String: Any]])
            #expect(panels.count > 10)
            #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
            for panel in panels {
                #expect(panel["gridPos"] is [String: Any])
                let targets = try #require(panel["targets"] as? [[String: Any]])
                #expect(!targets.isEmpty)
                for target in targets {
                    #expect((target["datasource"] as? [String: Any])?["uid"] as? String == "${datasource}")
                    #expect((target["expr"] as? String)?.isEmpty == false)
                }
            }
        }
    }
}
