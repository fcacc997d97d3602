internal import Foundation
internal import Pages

/// What a page needs to know of who looks at it.
struct Viewer: Sendable {
    /// Whether it has shown the token.
    var isSignedIn: Bool
    /// Whether there is a token to show.
    var canSignIn: Bool
}

/// What all pages have around their content.
enum PageFrame {
    /// - Parameter path: the page's own path, for the stream of its changes; nil where it does not change.
    static func page(title: String, path: String?, viewer: Viewer, _ content: Markup) -> String {
        let source: Markup = path.map { "<script src=\"/dashboard.js\" data-events=\"/events?page=\($0)\" defer></script>" } ?? ""
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en" class="\(viewer.isSignedIn ? "signed-in" : "signed-out")">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) · evalctl</title>
            <link rel="stylesheet" href="/dashboard.css">
            <link rel="icon" href="data:,">
            \(source)
            </head>
            <body>
            <header>
            <nav aria-label="Pages"><a class="brand" href="/">evalctl</a> <a href="/">Overview</a> <a href="/runs">Ended runs</a> <a href="/dead-letters">Dead letters</a>
            \(account(viewer))</nav>
            <p id="trouble" role="status" hidden></p>
            </header>
            <main>
            <h1>\(title)</h1>
            \(content)
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private static func account(_ viewer: Viewer) -> Markup {
        if viewer.isSignedIn {
            return "<form class=\"account\" method=\"post\" action=\"/logout\"><button>Sign out</button></form>"
        }
        return viewer.canSignIn ? "<a class=\"account\" href=\"/login\">Sign in to steer</a>" : ""
    }

    /// The elements of a page's parts, in their order.
    static func sections(_ parts: [LivePart]) -> Markup {
        "\(parts.map { "<section id=\"\($0.id)\">\($0.content)</section>\n" })"
    }

    static func problem(title: String, message: String, viewer: Viewer) -> String {
        page(title: title, path: nil, viewer: viewer, "<p class=\"problem\">\(message)</p><p><a href=\"/\">To the overview</a></p>")
    }

    static func login(next: String, isRefused: Bool) -> String {
        let refusal: Markup = isRefused ? "<p class=\"problem\" role=\"alert\">That is not the token.</p>" : ""
        return page(
            title: "Sign in", path: nil, viewer: Viewer(isSignedIn: false, canSignIn: false),
            """
            \(refusal)
            <form class="login" method="post" action="/login">
            <input type="hidden" name="next" value="\(next)">
            <label for="token">Token of this dashboard</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
            <button>Sign in</button>
            </form>
            """)
    }
}
