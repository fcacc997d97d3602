import Foundation
import Postgres
import Testing

extension ProgramTests {
    /// Who gets what over HTTP, asked of a real coordinator.
    @Suite struct HTTPAccessTests {
        static let token = "0123456789abcdef0123456789abcdef"
        static let bearer = ["Authorization": "Bearer \(token)"]
        static let page = ["Accept": "text/html"]

        @Test func `on loopback reading is open, and steering needs the token`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, http) = try cluster.serving("eval-coordinator", token: Self.token)
                let run = try cluster.submit("--shard-size", "20")
                for path in [
                    "/", "/runs/\(run)", "/dead-letters", "/api/overview", "/api/runs/\(run)", "/metrics", "/livez", "/readyz", "/login",
                ] {
                    let answer = try http.get(path)
                    #expect(answer.status == 200, "\(path)")
                    #expect(answer.headers["x-content-type-options"] == "nosniff", "\(path)")
                    #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true, "\(path)")
                    #expect(answer.headers["content-security-policy"]?.contains("unsafe") == false, "\(path)")
                    #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true, "\(path)")
                    #expect(answer.headers["referrer-policy"] == "same-origin", "\(path)")
                }
                let state = "SELECT count(*) FROM runs WHERE run_id = \(run) AND state = 'paused'"
                for headers in [
                    [:], ["Authorization": "Bearer wrong"], ["Authorization": Self.token], ["Cookie": "evalctl_session=9999999999.00"],
                ] {
                    let refused = try http.request("POST", "/runs/\(run)/pause", headers, body: "")
                    #expect([401, 403].contains(refused.status), "\(headers)")
                    #expect(!refused.body.contains(Self.token))
                    #expect(try cluster.count(state) == 0)
                }
                let unauthorized = try http.request("POST", "/runs/\(run)/pause", body: "")
                #expect(unauthorized.status == 401)
                #expect(unauthorized.headers["www-authenticate"]?.hasPrefix("Bearer") == true)

                #expect(
                    try http.request("POST", "/runs/\(run)/pause", Self.bearer, body: "").json()["done"] as? String
                        == "run \(run) is paused")
                #expect(try cluster.count(state) == 1)
                #expect(try http.request("POST", "/runs/\(run)/resume", Self.bearer, body: "").status == 200)
                #expect(try http.request("POST", "/runs/\(run)/priority", Self.bearer, body: "priority=7").status == 200)
                #expect(try cluster.count("SELECT priority FROM runs WHERE run_id = \(run)") == 7)
                #expect(try http.request("POST", "/runs/\(run)/cancel", Self.bearer, body: "").status == 200)
                let late = try http.request("POST", "/runs/\(run)/resume", Self.bearer, body: "")
                #expect(late.status == 409)
                #expect(try late.json()["error"] as? String == "run.state")
                try cluster.drain([coordinator])
                #expect(try !coordinator.errors.contains(Self.token))
            }
        }

        @Test func `a browser signs in, keeps a session that is not the token, and is not made to steer by other sites`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, http) = try cluster.serving("eval-coordinator", token: Self.token)
                let run = try cluster.submit("--shard-size", "20")
                let wrong = try http.request("POST", "/login", Self.page, body: "token=wrong")
                #expect(wrong.status == 401)
                #expect(wrong.headers["set-cookie"] == nil)
                let foreign = try http.request(
                    "POST", "/login", ["Origin": "http://evil.example", "Accept": "text/html"], body: "token=\(Self.token)")
                #expect(foreign.status == 403)
                let login = try http.request("POST", "/login", Self.page, body: "token=\(Self.token)&next=%2Fruns%2F\(run)")
                #expect(login.status == 303)
                #expect(login.headers["location"] == "/runs/\(run)")
                let cookie = try #require(login.headers["set-cookie"])
                #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"))
                #expect(!cookie.contains(Self.token))
                #expect(try http.request("POST", "/login", body: "token=\(Self.token)&next=%2F%2Fevil.example").headers["location"] == "/")
                let session = String(cookie.prefix { $0 != ";" })

                let signedIn = try http.get("/runs/\(run)", ["Cookie": session])
                #expect(signedIn.body.contains("class=\"signed-in\""))
                let pause = "/runs/\(run)/pause"
                #expect(try http.request("POST", pause, ["Cookie": session], body: "").status == 403, "no sign of where it comes from")
                for site in ["cross-site", "same-site"] {
                    #expect(try http.request("POST", pause, ["Cookie": session, "Sec-Fetch-Site": site], body: "").status == 403)
                }
                for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
                    #expect(try http.request("POST", pause, ["Cookie": session, "Origin": origin], body: "").status == 403)
                }
                #expect(try cluster.count("SELECT count(*) FROM runs WHERE state = 'paused'") == 0)
                let own = ["Cookie": session, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"]
                let paused = try http.request("POST", pause, own, body: "")
                #expect(paused.status == 303)
                #expect(paused.headers["location"] == "/runs/\(run)")
                #expect(try cluster.count("SELECT count(*) FROM runs WHERE state = 'paused'") == 1)
                #expect(
                    try http.request("POST", "/runs/\(run)/resume", ["Cookie": session, "Origin": "http://\(http.address)"], body: "")
                        .status == 200)
                let logout = try http.request("POST", "/logout", own, body: "")
                #expect(logout.headers["set-cookie"]?.contains("Max-Age=0") == true)
                // Whoever has a copy of the cookie has nothing any more.
                #expect(try http.request("POST", pause, own, body: "").status == 401)
                try cluster.drain([coordinator])
            }
        }

        @Test func `without a token nobody steers, and a page of another name is refused`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, http) = try cluster.serving("eval-coordinator")
                let run = try cluster.submit("--shard-size", "20")
                let refused = try http.request("POST", "/runs/\(run)/cancel", Self.bearer, body: "")
                #expect(refused.status == 403)
                #expect(try (refused.json()["remedy"] as? String)?.contains("EVALCTL_HTTP_TOKEN") == true)
                #expect(try http.get("/login").status == 404)
                for host in ["evil.example", "127.0.0.1.evil.example:80", "", "evil.example:\(http.port)", "169.254.169.254"] {
                    for path in ["/", "/api/overview", "/metrics", "/events"] {
                        #expect(try http.request("GET", path, host: host).status == 421, "\(host)\(path)")
                    }
                }
                for host in ["localhost", "localhost:\(http.port)", "[::1]:80", "127.0.0.1"] {
                    #expect(try http.request("GET", "/livez", host: host).status == 200, "\(host)")
                }
                try cluster.drain([coordinator])
            }
        }

        @Test func `an address that others reach needs a token to start, and to read`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let refused = try Program(
                    "eval-coordinator", ["--http", "0.0.0.0:0", "--kafka", "127.0.0.1:1"],
                    environment: ["EVALCTL_DATABASE": cluster.address.exposedURI, "EVALCTL_HTTP_TOKEN": ""], in: cluster.folder
                ).wait()
                #expect(refused.status == 1)
                #expect(refused.errors.contains("0.0.0.0:0 can be reached from other machines"))
                #expect(refused.errors.contains("--http-token-file"))

                let token = cluster.folder.appending(path: "token")
                try Data((Self.token + "\n").utf8).write(to: token)
                let (coordinator, http) = try cluster.serving(
                    "eval-coordinator", token: nil, "--http", "0.0.0.0:0", "--http-token-file", token.path)
                for path in ["/livez", "/readyz", "/login"] { #expect(try http.get(path).status == 200, "\(path)") }
                for path in ["/", "/runs/1", "/api/overview", "/metrics", "/events", "/nowhere"] {
                    #expect(try http.get(path).status == 401, "\(path)")
                    #expect(try http.get(path, ["Authorization": "Bearer \(Self.token)x"]).status == 401, "\(path)")
                }
                let redirect = try http.get("/", Self.page)
                #expect(redirect.status == 303)
                #expect(redirect.headers["location"]?.hasPrefix("/login?next=") == true)
                #expect(try http.get("/metrics", Self.bearer).status == 200)
                #expect(try http.get("/", Self.bearer).status == 200)
                try cluster.drain([coordinator])
            }
        }
    }
}
