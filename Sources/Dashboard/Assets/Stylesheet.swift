/// The one stylesheet, in the order of its parts.
enum Stylesheet {
    static let all = [palette, base, parts, pages, small].joined(separator: "\n")

    /// Every colour there is, light and dark. Texts reach a contrast of 4.5 against what they stand on; a test computes it.
    static let palette = """
        :root {
          color-scheme: light dark;
          --ground: #f6f5f1;
          --panel: #ffffff;
          --sunken: #f0efe9;
          --line: #dddbd2;
          --edge: #8a8a80;
          --ink: #17211f;
          --muted: #57605d;
          --accent: #0b6a5f;
          --accent-strong: #085148;
          --on-accent: #ffffff;
          --tint: #e3f1ee;
          --good: #1a6638;
          --good-ground: #e2f2e6;
          --busy: #1d5593;
          --busy-ground: #e3edf8;
          --warn: #80500a;
          --warn-ground: #faedd3;
          --bad: #a3262b;
          --bad-ground: #fae5e3;
          --on-bad: #ffffff;
          --calm: #535b60;
          --calm-ground: #e9ebea;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #101514;
            --panel: #181e1d;
            --sunken: #1f2725;
            --line: #2d3735;
            --edge: #6d7a76;
            --ink: #e8ece9;
            --muted: #a2adaa;
            --accent: #62d0be;
            --accent-strong: #8be3d4;
            --on-accent: #06231e;
            --tint: #18332e;
            --good: #7fd498;
            --good-ground: #16311f;
            --busy: #8bbdf0;
            --busy-ground: #172b42;
            --warn: #eebd69;
            --warn-ground: #382a10;
            --bad: #f59a95;
            --bad-ground: #421d1d;
            --on-bad: #2b0808;
            --calm: #b3bcb9;
            --calm-ground: #2a3230;
          }
        }
        """

    static let base = """
        *, *::before, *::after { box-sizing: border-box; }
        html { font-size: 100%; -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body {
          margin: 0; min-height: 100vh; display: flex; flex-direction: column;
          background: var(--ground); color: var(--ink);
          font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
          font-size: 0.9375rem; line-height: 1.55; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        fieldset { border: 0; min-width: 0; }
        h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; overflow-wrap: anywhere; }
        h2, legend { font-size: 1.0625rem; line-height: 1.35; font-weight: 650; letter-spacing: -0.005em; }
        h3 { font-size: 0.9375rem; font-weight: 650; }
        b { font-weight: 600; }
        a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
        a:hover { color: var(--accent-strong); text-decoration-thickness: 2px; }
        code, .mono, .hash { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.92em; }
        [hidden] { display: none !important; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
        main:focus { outline: none; }
        q { quotes: "“" "”"; }
        time { white-space: nowrap; }
        table .hash, dl .hash:not(.wrap) { white-space: nowrap; }
        h1, h2, p, li, dt, dd, label, legend { min-width: 0; }

        .unseen {
          position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
        }
        .skip {
          position: absolute; left: 1rem; top: -4rem; z-index: 1; padding: 0.6rem 1rem; border-radius: 0 0 8px 8px;
          background: var(--accent); color: var(--on-accent);
        }
        .skip:focus { top: 0; color: var(--on-accent); }
        .sub { color: var(--muted); font-size: 0.875rem; }
        .wrap { overflow-wrap: anywhere; }
        .nowrap { white-space: nowrap; }

        .bar { background: var(--panel); border-bottom: 1px solid var(--line); }
        .bar-row, .subbar nav, main, .foot { width: 100%; max-width: 76rem; margin: 0 auto; padding-left: 1.5rem; padding-right: 1.5rem; }
        .bar-row { display: flex; align-items: center; gap: 0.25rem 2rem; min-height: 3.75rem; flex-wrap: wrap; }
        .wordmark {
          display: inline-flex; align-items: center; gap: 0.55rem; color: var(--ink); text-decoration: none;
          font-weight: 680; font-size: 1.125rem; letter-spacing: -0.02em; padding: 0.4rem 0;
        }
        .wordmark:hover { color: var(--accent-strong); }
        .mark { display: block; }
        .mark-wing { fill: var(--accent); }
        .mark-body { fill: none; stroke: var(--ink); stroke-linecap: round; }
        .mark-head { fill: var(--ink); }
        .sections { flex: 1; }
        .sections ul, .subbar ul, .switch ul { display: flex; flex-wrap: wrap; gap: 0.15rem; }
        .sections a, .subbar a {
          display: block; padding: 0.5rem 0.8rem; border-radius: 8px; color: var(--muted); text-decoration: none; font-weight: 550;
        }
        .sections a:hover, .subbar a:hover { background: var(--sunken); color: var(--ink); }
        .sections a[aria-current], .subbar a[aria-current] { color: var(--ink); }
        .sections a[aria-current] { background: var(--sunken); }
        .subbar { background: var(--panel); border-bottom: 1px solid var(--line); }
        .subbar nav { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.25rem; }
        .subbar ul { margin: 0 -0.8rem; gap: 0.25rem; }
        .subbar .place { color: var(--ink); font-weight: 650; padding: 0.65rem 0; border: 0; overflow-wrap: anywhere; }
        .subbar .place:hover { text-decoration: underline; }
        .subbar .place + ul { margin-left: 0; }
        .subbar a { border-radius: 0; padding: 0.65rem 0.8rem; border-bottom: 2px solid transparent; }
        .subbar a:hover { background: none; border-bottom-color: var(--line); }
        .subbar a[aria-current] { border-bottom-color: var(--accent); }
        .session { display: flex; align-items: center; gap: 0.75rem; }
        .quiet {
          font: inherit; color: var(--accent); background: none; border: 0; padding: 0.4rem 0.2rem; cursor: pointer; text-decoration: underline;
          text-underline-offset: 0.2em;
        }
        main { flex: 1; padding-top: 2.25rem; padding-bottom: 4rem; display: flex; flex-direction: column; gap: 1.5rem; }
        .foot {
          display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; justify-content: space-between; padding-top: 1.25rem; padding-bottom: 2rem;
          color: var(--muted); font-size: 0.875rem;
        }
        .foot ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; }
        .foot a { color: var(--muted); }
        @media (prefers-reduced-motion: no-preference) {
          a, .button, .card, .sections a { transition: background-color 0.12s, border-color 0.12s, color 0.12s; }
          .steps .running::before { animation: breathe 1.6s ease-in-out infinite; }
          @keyframes breathe { 50% { opacity: 0.35; } }
        }
        @media (prefers-reduced-motion: reduce) {
          * { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
        }
        """
}
