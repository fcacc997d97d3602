import Foundation
import ImageInput
import Testing

extension ProgramTests {
    /// The dashboard as a person sees it: a real run of the embedded stack in a real browser.
    @Suite(.requiresBrowser) struct DashboardBrowserTests {
        @Test func `the overview and a run's page show a run live, without a complaint in the console`() throws {
            try Program.withFolder { folder in
                let state = folder.appending(path: "state").path
                let stack = try Program(
                    "evalctl", ["up", "--data-dir", state, "--threads", "1", "--http", "127.0.0.1:0"],
                    environment: ["EVALCTL_HTTP_TOKEN": HTTPAccessTests.token], in: folder)
                let http = try HTTPProbe(file: folder.appending(path: "state/http-address"), of: stack)
                defer { stack.send(SIGTERM) }
                _ = try http.wait(for: "/readyz", seconds: 60) { $0.status == 200 }
                let deadline = Date().addingTimeInterval(30)
                while try !stack.errors.contains("http://\(http.address)/") {
                    try #require(Date() < deadline, "the stack does not say where it serves")
                    usleep(20_000)
                }
                let environment = ["EVALCTL_DATABASE": "postgresql:///evalctl?host=\(state)/postgres/socket&port=5432&user=evalctl"]
                func evalctl(_ arguments: String...) throws {
                    let outcome = try Program("evalctl", arguments, environment: environment, in: folder).wait()
                    #expect(outcome.status == 0, "\(outcome.errors)")
                }
                try evalctl("model", "add", "demo", Program.demoModel)
                try evalctl("dataset", "add", "val", "--root", Program.demoImages)

                let browser = try HeadlessBrowser(folder: folder)
                try browser.open("http://\(http.address)/")
                try browser.wait(until: "document.querySelector('#runs').textContent.includes('There is no run yet')")
                // Nothing loads the page again from here on.
                _ = try browser.evaluate("window.isSame = true")
                try evalctl("submit", "--dataset", "val", "--model", "demo", "--engine", "float", "--timesteps", "16", "--shard-size", "5")
                let progress = "Number(document.querySelector('#runs tr[data-key=\"1\"] progress')?.value ?? -1)"
                try browser.wait(until: "\(progress) > 0 && \(progress) < 100")
                let first = try #require(try browser.evaluate(progress) as? Double)
                try browser.wait(until: "\(progress) > \(first)")
                try browser.wait(until: "document.querySelector('#workers').textContent.includes('running')")
                try browser.wait(
                    until: "/[0-9.]+ %.* to .*of [0-9]+/s.test(document.querySelector('#runs td[data-title=\"Top-1 so far\"]').textContent)"
                )
                #expect(try browser.evaluate("window.isSame") as? Bool == true)
                let updates = "Number(document.documentElement.dataset.updates ?? 0)"
                // The clock alone changes each second.
                let before = try #require(try browser.evaluate(updates) as? Double)
                try browser.wait(until: "\(updates) >= \(before + 6)", seconds: 60)
                try expectContent(in: browser, at: ["#summary", "#runs", "#workers"])
                try browser.setColorScheme("dark")
                let ground = try #require(try browser.evaluate("getComputedStyle(document.body).backgroundColor") as? String)
                #expect(ground == "rgb(21, 24, 26)")
                try expectContent(in: browser, at: ["#summary", "#runs", "#workers"])
                try browser.setColorScheme("light")

                // A narrow window needs no scrolling to the side.
                try browser.setSize(width: 400, height: 900)
                #expect(try browser.evaluate("document.documentElement.scrollWidth <= 400") as? Bool == true)
                try browser.setSize(width: 1280, height: 1280)

                // Signing in as a person does, and steering with a button.
                #expect(try browser.evaluate("getComputedStyle(document.querySelector('.steer')).display") as? String == "none")
                try browser.open("http://\(http.address)/login?next=%2Fruns%2F1")
                _ = try browser.evaluate("document.querySelector('#token').value = '\(HTTPAccessTests.token)'")
                _ = try browser.evaluate("document.querySelector('form.login button').click()")
                try browser.wait(until: "location.pathname === '/runs/1' && document.readyState === 'complete'")
                #expect(try browser.evaluate("document.cookie") as? String == "", "scripts do not see the session")
                let button = "[...document.querySelectorAll('.steer button')].find((button) => button.textContent === 'Pause')"
                try browser.wait(until: "\(button) !== undefined && getComputedStyle(\(button)).display !== 'none'")
                _ = try browser.evaluate("\(button).click()")
                try browser.wait(until: "document.querySelector('#run')?.textContent.includes('paused')")
                _ = try browser.evaluate(
                    "[...document.querySelectorAll('.steer button')].find((button) => button.textContent === 'Resume').click()")
                try browser.wait(until: "document.querySelector('#run .state')?.textContent === 'running'")
                try expectContent(in: browser, at: ["#run"])
                _ = try browser.evaluate("window.isSame = true")
                try browser.wait(until: "document.querySelector('#run .state').textContent === 'finished'", seconds: 120)
                #expect(try browser.evaluate("window.isSame") as? Bool == true)
                try browser.wait(
                    until:
                        "document.querySelector('#run progress').value === 100 && document.querySelector('#run').textContent.includes('500 of 500')"
                )
                try browser.open("http://\(http.address)/runs/1/report")
                #expect(
                    try browser.evaluate("document.querySelectorAll('svg').length > 3 && document.body.textContent.includes('500 of 500')")
                        as? Bool == true)
                #expect(browser.complaints.isEmpty, "\(browser.complaints)")
                // A page that does what it may not is complained of.
                try browser.open("http://\(http.address)/")
                _ = try browser.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">styled</p>')")
                let deadlineOfComplaint = Date().addingTimeInterval(10)
                while browser.complaints.isEmpty, Date() < deadlineOfComplaint { usleep(20_000) }
                #expect(browser.complaints.contains { $0.contains("Content Security Policy") })

                stack.send(SIGTERM)
                #expect(try stack.wait(seconds: 40).status == 0)
            }
        }

        /// That the picture has something to see where these elements are, beside their background.
        private func expectContent(
            in browser: HeadlessBrowser, at selectors: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            // The window is a square, which becomes 1024 pixels wide, and loses 64 at each side.
            let side = 896
            let size = try #require(try browser.evaluate("innerWidth") as? Double)
            try #require(try browser.evaluate("innerHeight") as? Double == size)
            let loader = ImageLoader(try Preprocessing(imageSize: side))
            let image = try loader.load(bytes: browser.screenshot(), name: "screenshot")
            try #require(image.pixels.count == 3 * side * side)
            for selector in selectors {
                let box = try #require(
                    try browser.evaluate(
                        "(() => { const r = document.querySelector('\(selector)').getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })()"
                    ) as? [Double])
                let place = box.map { min(max(Int($0 / size * 1024) - 64, 0), side - 1) }
                var colors: [UInt32: Int] = [:]
                for y in place[1]...place[3] {
                    for x in place[0]...place[2] {
                        let pixel = 3 * (y * side + x)
                        colors[image.pixels[pixel..<(pixel + 3)].reduce(0) { $0 << 8 | UInt32($1) }, default: 0] += 1
                    }
                }
                let all = colors.values.reduce(0, +)
                #expect(all > 2000, "\(selector) is not in the picture", sourceLocation: sourceLocation)
                #expect(colors.count > 20, "\(selector) has \(colors.count) colours", sourceLocation: sourceLocation)
                let ground = colors.values.max() ?? 0
                #expect(Double(all - ground) / Double(all) > 0.02, "\(selector) is all background", sourceLocation: sourceLocation)
            }
        }
    }
}
