import Pages
import Testing

@Suite struct MarkupTests {
    @Test func `what comes from outside is never markup`() {
        let name = "</title><script>alert('1')</script>&\"\u{0}\u{1B}\u{202E}\u{FFFE}"
        let element = Markup.element("p", ["title": name], name)
        #expect(
            element.source
                == "<p title=\"&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\">"
                + "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}</p>")
    }
}
