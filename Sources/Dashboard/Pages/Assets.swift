/// The one style sheet and the one script.
enum Assets {
    /// Colours are Okabe and Ito's, which people of any colour vision can tell apart; each has its word beside it.
    static let styleSheet = """
        :root { color-scheme: light dark; --ink: #1a1c1e; --soft: #5b6167; --ground: #fbfbfa; --raised: #ffffff; --line: #d9dcdf;
          --link: #005a8e; --pending: #b9bec4; --published: #e69f00; --running: #0072b2; --done: #009e73; --dead: #d55e00;
          --cancelled: #7a6f80; --trouble: #d55e00; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e7e9ea; --soft: #a2a9af; --ground: #15181a; --raised: #1d2124;
          --line: #353b40; --link: #7cc4f0; --pending: #5d656c; --published: #e69f00; --running: #56b4e9; --done: #2bbd93;
          --dead: #f0803c; --cancelled: #a495ad; --trouble: #f0803c; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
        header { border-bottom: 1px solid var(--line); background: var(--raised); }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; padding: .6rem 1.25rem; }
        nav .brand { font-weight: 700; color: var(--ink); text-decoration: none; }
        nav .account { margin-left: auto; }
        a { color: var(--link); }
        main { padding: 0 1.25rem 3rem; max-width: 100rem; margin: 0 auto; }
        h1 { font-size: 1.35rem; margin: 1rem 0 .25rem; }
        section { margin: 0 0 1.5rem; }
        #clock p { margin: 0 0 1rem; color: var(--soft); }
        #trouble, .problem { margin: 0; padding: .6rem 1.25rem; border-left: .35rem solid var(--trouble); background: var(--raised); }
        #trouble[hidden] { display: none; }
        dl { margin: 0; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; }
        .tiles div, .fields div { background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
        dt { color: var(--soft); font-size: .85rem; }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        .tiles dd { font-size: 1.5rem; }
        .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem; }
        .beside, .none, .keys { color: var(--soft); font-size: .85rem; }
        .keys { display: block; line-height: 1.4; }
        .key { white-space: nowrap; }
        .key::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .3rem; border-radius: .1rem;
          background: var(--pending); }
        .key.progressed::before, .key.running::before { background: var(--running); }
        .key.published::before { background: var(--published); }
        .key.done::before { background: var(--done); }
        .key.dead::before { background: var(--dead); }
        .key.cancelled::before { background: var(--cancelled); }
        summary { cursor: pointer; padding: .6rem 0; }
        .pages { display: flex; gap: 1.25rem; }
        td .beside, .tiles .beside { display: block; line-height: 1.3; }
        td progress + .beside { display: inline; white-space: nowrap; }
        .tiles .beside { min-height: 1.1rem; }
        .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--raised); }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; font-weight: 600; padding: .6rem .8rem .3rem; }
        th, td { text-align: left; padding: .4rem .8rem; border-top: 1px solid var(--line); vertical-align: top; }
        th { font-size: .85rem; font-weight: 500; color: var(--soft); white-space: nowrap; }
        .figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td[data-title="Images"], td[data-title="Shards"] { min-width: 12rem; }
        td { overflow-wrap: anywhere; }
        progress { width: 8rem; height: .7rem; accent-color: var(--running); vertical-align: middle; }
        .wide progress { width: min(100% - 5rem, 60rem); height: 1rem; }
        .bar { display: block; width: 10rem; height: .55rem; margin: .4rem 0 .15rem; border-radius: .2rem; background: var(--line); }
        .wide .bar { width: 100%; height: 1rem; }
        .state { white-space: nowrap; overflow-wrap: normal; }
        .state::before { content: ""; display: inline-block; width: .65rem; height: .65rem; margin-right: .4rem; border-radius: 50%;
          background: var(--pending); }
        .state.running::before { background: var(--running); }
        .state.finished::before { background: var(--done); }
        .state.paused::before, .state.draining::before { background: var(--published); }
        .state.gone::before, .state.incomplete::before { background: var(--dead); border-radius: 0; }
        .state.incomplete { color: var(--dead); font-weight: 600; }
        .state.cancelled::before { background: var(--cancelled); border-radius: 0; }
        rect.pending { fill: var(--pending); } rect.published { fill: var(--published); } rect.running { fill: var(--running); }
        rect.done { fill: var(--done); } rect.dead { fill: var(--dead); } rect.cancelled { fill: var(--cancelled); }
        form { display: inline-block; margin: 0 .3rem .3rem 0; }
        .signed-out .steer, .signed-out th[data-title="Steer"], .signed-out td[data-title="Steer"] { display: none; }
        button, input { font: inherit; color: inherit; padding: .15rem .6rem; border: 1px solid var(--line); border-radius: .3rem;
          background: var(--ground); }
        input[type="number"] { width: 5.5rem; }
        button { cursor: pointer; }
        button:hover { border-color: var(--link); }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        .login { display: grid; gap: .6rem; max-width: 24rem; margin-top: 1rem; }
        .login button { justify-self: start; }
        .steering { margin-top: 1rem; }
        @media (max-width: 90rem) {
          th, td { padding: .4rem .5rem; }
          th { white-space: normal; }
          td[data-title="Images"], td[data-title="Shards"] { min-width: 8rem; }
          td progress, .bar { width: 100%; max-width: 8rem; }
          .wide .bar { max-width: none; }
          .state { white-space: normal; }
        }
        @media (max-width: 48rem) {
          main, nav { padding-left: .75rem; padding-right: .75rem; }
          table, tbody, tr, td, caption { display: block; }
          thead { display: none; }
          tr { border-top: 1px solid var(--line); padding: .4rem 0; }
          td { border: 0; padding: .15rem .8rem; display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; text-align: left; }
          td::before { content: attr(data-title); color: var(--soft); font-size: .85rem; }
          td > * { grid-column: 2; }
          .figure, .state, .key { white-space: normal; text-align: left; }
          td[data-title="Images"], td[data-title="Shards"] { min-width: 0; }
          td[data-title="Steer"]:empty { display: none; }
        }
        @media print { nav, .steer { display: none; } }

        """

    /// Listens to what changes and puts it in place. Elements that stay as they are keep focus, selection and scroll.
    static let script = """
        "use strict";
        (() => {
          const trouble = document.getElementById("trouble");
          const say = (text) => { trouble.textContent = text; trouble.hidden = text === ""; };
          const isSame = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName &&
            (a.nodeType !== Node.ELEMENT_NODE || (a.dataset.key ?? "") === (b.dataset.key ?? ""));
          const adopt = (old, fresh) => {
            if (old.nodeType !== Node.ELEMENT_NODE) {
              if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
              return;
            }
            if (old === document.activeElement && old.nodeName === "INPUT") return;
            // What a person has unfolded stays so.
            const isKept = (name) => fresh.hasAttribute(name) || (name === "open" && old.nodeName === "DETAILS");
            for (const { name } of [...old.attributes]) if (!isKept(name)) old.removeAttribute(name);
            for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
            adoptChildren(old, fresh);
          };
          const adoptChildren = (old, fresh) => {
            let place = old.firstChild;
            for (const child of [...fresh.childNodes]) {
              let match = place;
              while (match && !isSame(match, child)) match = match.nextSibling;
              if (!match) { old.insertBefore(child, place); continue; }
              while (place !== match) { const gone = place; place = place.nextSibling; gone.remove(); }
              adopt(match, child);
              place = match.nextSibling;
            }
            while (place) { const gone = place; place = place.nextSibling; gone.remove(); }
          };
          const source = new EventSource(document.currentScript.dataset.events);
          source.addEventListener("part", (event) => {
            const { id, html } = JSON.parse(event.data);
            const element = document.getElementById(id);
            const template = document.createElement("template");
            template.innerHTML = html;
            if (element) adoptChildren(element, template.content);
            document.documentElement.dataset.updates = Number(document.documentElement.dataset.updates ?? 0) + 1;
            say("");
          });
          source.addEventListener("trouble", (event) => say(JSON.parse(event.data).message));
          document.addEventListener("submit", (event) => {
            const question = event.target.dataset.confirm;
            if (question && !window.confirm(question)) event.preventDefault();
          });
          source.onerror = () => say("The connection is lost; what is shown may be old. Trying again.");
          window.addEventListener("pagehide", () => source.close());
        })();

        """
}
