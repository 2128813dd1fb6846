extension Stylesheet {
    /// What single pages have of their own.
    static let pages = """
        .columns { display: grid; grid-template-columns: minmax(0, 1.75fr) minmax(0, 1fr); gap: 1.5rem; align-items: start; }
        .columns.even { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: stretch; }
        .column { display: flex; flex-direction: column; gap: 1.5rem; min-width: 0; }

        .ladder { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0 1.5rem; }
        .ladder li { position: relative; padding-top: 1.75rem; display: flex; flex-direction: column; gap: 0.1rem; }
        .ladder li::before {
          content: ""; position: absolute; left: 0; top: 0.3rem; width: 0.875rem; height: 0.875rem; border-radius: 50%; z-index: 1;
          border: 2px solid var(--edge); background: var(--panel);
        }
        .ladder li::after { content: ""; position: absolute; left: 0.875rem; right: -1.5rem; top: 0.675rem; height: 2px; background: var(--line); }
        .ladder li:last-child::after { display: none; }
        .ladder .reached::before { background: var(--accent); border-color: var(--accent); }
        .ladder .reached:has(+ .reached)::after { background: var(--accent); }
        .rung { font-weight: 600; }
        .ladder a.figure { color: var(--ink); text-decoration: none; width: fit-content; }
        .ladder a.figure:hover { text-decoration: underline; }
        .figure.none { color: var(--muted); font-weight: 400; font-size: 1rem; line-height: 1.625rem; }
        .rung-text { color: var(--muted); font-size: 0.8125rem; line-height: 1.45; margin-top: 0.35rem; }

        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1.75rem 2rem; }
        .chart { min-width: 0; }
        .chart figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin-bottom: 0.4rem; }
        .chart figcaption b { font-size: 1.0625rem; }
        .chart figcaption .sub { font-weight: 400; }
        .plot { display: block; width: 100%; height: 6rem; }
        .plot path { vector-effect: non-scaling-stroke; }
        .plot-grid { fill: none; stroke: var(--line); stroke-dasharray: 2 4; }
        .plot-area { fill: var(--tint); }
        .plot-line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
        .axis { display: flex; justify-content: space-between; gap: 0.75rem; margin-top: 0.35rem; color: var(--muted); font-size: 0.8125rem; border-top: 1px solid var(--edge); padding-top: 0.3rem; }
        .chart .none { border-top: 1px solid var(--line); padding: 2rem 0; }
        .chart details { margin-top: 0.35rem; }
        .plain th, .plain td { padding: 0.25rem 0; font-size: 0.875rem; }

        .scroll { max-height: 26rem; overflow-y: auto; margin: 0 -0.5rem; padding: 0 0.5rem; }
        .events { display: flex; flex-direction: column; }
        .events li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: 0 0.75rem; padding: 0.55rem 0 0.55rem 1rem; position: relative; overflow-wrap: anywhere; }
        .events li + li { border-top: 1px solid var(--line); }
        .events li::before { content: ""; position: absolute; left: 0; top: 1.05rem; width: 0.4rem; height: 0.4rem; border-radius: 50%; background: var(--edge); }
        .events .warning::before { background: var(--warn); border-radius: 1px; }
        .events .failure::before { background: var(--bad); border-radius: 1px; }
        .events .warning span { color: var(--warn); }
        .events .failure span { color: var(--bad); }
        .events time { color: var(--muted); font-size: 0.875rem; line-height: 1.66; }
        .live { margin-top: 0.9rem; }

        .actions { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 1rem; }
        .actions:has(+ .sub) { margin-bottom: 0.5rem; }
        .layers li { padding: 0.65rem 0; border-top: 1px solid var(--line); }
        .layers li:first-child { border-top: 0; padding-top: 0; }
        .layers li:last-child { padding-bottom: 0; }
        .layer { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
        .swap { display: flex; gap: 0.5rem; margin-top: 0.5rem; }
        .swap select { flex: 1; min-width: 0; }

        .launch { display: flex; flex-direction: column; gap: 1.5rem; }
        .launch .panel > legend { float: left; width: 100%; padding: 0; margin-bottom: 0.35rem; }
        .launch .panel > legend + * { clear: both; }
        .launch .panel > h2 { margin-bottom: 0.35rem; }
        .launch .panel > h2 + .sub { margin-top: 0; }
        .launch .panel > .sub { margin-bottom: 0.9rem; }
        .launch .life > .cards { padding-top: 0.4rem; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15.5rem, 100%), 1fr)); gap: 0.75rem; clear: both; }
        @media (min-width: 46rem) { .cards:has(> :nth-child(4):last-child) { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
        .cards.small { grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr)); }
        .card {
          position: relative; display: flex; flex-direction: column; gap: 0.3rem; padding: 0.9rem 1rem 1rem 2.7rem; cursor: pointer;
          border: 1px solid var(--line); border-radius: 10px; background: var(--panel); font-size: 0.875rem; line-height: 1.5;
        }
        .card:hover { border-color: var(--edge); }
        .card input { position: absolute; left: 0.95rem; top: 1.05rem; margin: 0; width: 1.05rem; height: 1.05rem; accent-color: var(--accent); }
        .card:has(:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); }
        .card:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
        .card input:focus-visible { outline: none; }
        .card.off { cursor: default; background: var(--sunken); border-style: dashed; }
        .card-title { font-weight: 620; font-size: 0.9375rem; }
        .card-text, .card-line { color: var(--muted); }
        .card:has(:checked) .card-text, .card:has(:checked) .card-line { color: var(--ink); }
        .card-line { display: grid; grid-template-columns: 3.75rem minmax(0, 1fr); }
        .card-line b { font-weight: 560; color: var(--ink); }
        .card.off .card-title { color: var(--muted); }
        .card.off .card-line b { color: var(--muted); }
        .card-refusal { color: var(--warn); font-weight: 560; margin-top: 0.2rem; }
        .duration { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-top: 1rem; }
        .duration .text { width: 6rem; }
        .life:has([value="permanent"]:checked) .duration { display: none; }
        .launch .submit { margin-top: 0; }

        .switch ul { width: fit-content; padding: 0.2rem; border-radius: 10px; background: var(--sunken); border: 1px solid var(--line); }
        .switch a { display: block; padding: 0.4rem 1.1rem; border-radius: 8px; color: var(--muted); text-decoration: none; font-weight: 560; }
        .switch a:hover { color: var(--ink); }
        .switch a[aria-current] { background: var(--panel); color: var(--ink); box-shadow: 0 0 0 1px var(--line); }
        .fields { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 2fr); gap: 1rem; align-items: start; }
        .fields select, .fields .text, .inline .text { width: 100%; max-width: none; }
        .fields.even { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); margin-top: 0.75rem; }
        .field .wallet-row { margin-top: 0.25rem; }
        .inline { display: flex; gap: 0.5rem; max-width: 38rem; }
        .inline .button { flex: none; }
        .call { border-color: var(--accent); }
        .rows li { padding: 0.6rem 0; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; align-items: baseline; }
        .rows li:first-child { border-top: 0; padding-top: 0; }
        .claims > li { padding: 1rem 0; border-top: 1px solid var(--line); }
        .claims > li:first-child { border-top: 0; padding-top: 0; }
        .claims > li:last-child { padding-bottom: 0; }
        .claims .wallet-row { margin-top: 0.6rem; }
        .claim b { font-size: 1.0625rem; }
        .logs > li { padding: 0.9rem 0; border-top: 1px solid var(--line); }
        .logs > li:first-child { border-top: 0; padding-top: 0; }
        .topics { margin-top: 0.35rem; font-size: 0.875rem; }
        .danger-zone { border-color: var(--bad); }
        .danger-zone > h2 { margin-bottom: 0.35rem; }
        .danger-zone > h2 + .sub { margin: 0 0 0.75rem; }
        .row-form { display: flex; gap: 0.5rem; align-items: center; }
        .row-form select { min-width: 0; }
        .row-form .button { flex: none; padding: 0.4rem 0.7rem; }
        .panel > .bytes + .sub { margin-top: 0.6rem; }
        td details { margin: 0; }
        td summary { color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; }
        .plain-list { list-style: disc; padding-left: 1.2rem; }
        .plain-list li { padding: 0.15rem 0; }
        """

    /// Phones, where tables become lists of cards.
    static let small = """
        @media (max-width: 60rem) {
          .columns, .columns.even { grid-template-columns: minmax(0, 1fr); }
          .fields { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
          .fields .long { grid-column: 1 / -1; }
          .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; }
          .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .panel > .stack, .panel > div > .stack { margin: 0; width: 100%; }
          .stack tbody tr { padding: 0.75rem 0; }
          .stack tbody tr:first-child { border-top: 0; }
          .stack:not(.panel) tbody tr:first-child { padding-top: 0; }
          .stack .rare { display: none !important; }
          .stack tbody th, .stack tbody td,
          table.stack.panel tbody th, table.stack.panel tbody td { padding: 0.2rem 0; border: 0; }
          .stack tbody td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; white-space: normal; }
          .stack tbody td::before { content: attr(data-label); color: var(--muted); font-weight: 400; flex: none; }
          .stack tbody td > * { min-width: 0; }
          table.stack.panel { padding: 0 1rem; }
          table.stack.panel tbody tr + tr { border-top: 1px solid var(--line); }
          table.stack.panel th:first-child, table.stack.panel td:last-child { padding-left: 0; padding-right: 0; }
          progress.thin { display: inline-block; vertical-align: middle; width: 5rem; margin: 0 0 0 0.5rem; align-self: center; }
          .stack td[data-label="Life"] { flex-wrap: wrap; }
          .stack td[data-label="Life"] > span { margin-left: auto; }
        }
        @media (max-width: 46rem) {
          .bar-row, .subbar nav, main, .foot { padding-left: 1rem; padding-right: 1rem; }
          .bar-row { padding-top: 0.4rem; padding-bottom: 0.4rem; gap: 0 1rem; }
          .sections { order: 3; flex-basis: 100%; }
          .sections ul { margin: 0 -0.5rem; gap: 0; padding: 0.3rem; }
          .sections a { padding: 0.4rem 0.25rem; font-size: 0.8125rem; }
          .sections ul, .subbar ul { flex-wrap: nowrap; overflow-x: auto; }
          .sections li, .subbar li { flex: none; }
          .session { margin-left: auto; }
          .subbar ul, .subbar .place + ul { margin: 0 -0.6rem; gap: 0; flex-basis: 100%; }
          .subbar a { padding: 0.55rem 0.5rem; font-size: 0.875rem; }
          .subbar .place { padding: 0.6rem 0 0; }
          main { padding-top: 1.5rem; gap: 1.1rem; }
          h1 { font-size: 1.5rem; }
          .panel { padding: 1.1rem 1rem 1.2rem; }
          .column, .columns, .launch { gap: 1.1rem; }
          .head .button, .search { width: 100%; flex-basis: 100%; }
          .search .button { width: auto; flex: none; }
          .ladder { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
          .ladder li { padding: 0 0 0 1.75rem; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; align-items: baseline; }
          .ladder li .sub { grid-column: 2; grid-row: 2; white-space: nowrap; justify-self: end; }
          .ladder .figure { grid-column: 2; justify-self: end; font-size: 1.0625rem; line-height: 1.4; }
          .ladder .rung-text { grid-column: 1; grid-row: 2; margin: 0; }
          .ladder li::after { left: 0.375rem; right: auto; top: 1.2rem; bottom: -1.4rem; width: 2px; height: auto; }
          .facts.wide > div { display: block; }
          .facts.wide dt { font-size: 0.875rem; }
          .fields, .fields.even { grid-template-columns: minmax(0, 1fr); }
          .switch a { padding: 0.4rem 0.5rem; font-size: 0.875rem; }
          .events li { grid-template-columns: minmax(0, 1fr); }
          .events { max-height: none; }
          .empty { padding: 2rem 1.25rem; }
        }
        """
}
