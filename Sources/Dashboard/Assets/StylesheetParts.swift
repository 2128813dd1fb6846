extension Stylesheet {
    /// What several pages are made of.
    static let parts = """
        .head { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-end; justify-content: space-between; }
        .head > div { min-width: 0; max-width: 46rem; }
        .lead { color: var(--muted); margin-top: 0.4rem; font-size: 1rem; }
        .crumb { font-size: 0.875rem; margin-bottom: 0.2rem; }
        .panel {
          background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 1.35rem 1.5rem 1.5rem; min-width: 0;
        }
        .panel > h2 { margin-bottom: 0.85rem; }
        .panel > h2 + .sub { margin-top: -0.55rem; margin-bottom: 0.9rem; }
        .panel > p + p, .panel > ul + p, .panel > div + p, .panel > p + ul, .panel > h3 + ul { margin-top: 0.6rem; }
        .panel > p + h3 { margin-top: 1.25rem; }
        .panel > table + p, .panel > ol + p, .panel > p + dl, .panel > p + details { margin-top: 0.75rem; }
        .panel .figure + .facts { margin-top: 0.75rem; }
        .empty { padding: 3rem 2rem; text-align: center; display: flex; flex-direction: column; gap: 1rem; align-items: center; }
        .empty p { max-width: 40rem; margin: 0 !important; }
        .empty h1, .empty h2 { margin: 0; }
        .empty h2 { font-size: 1.25rem; }
        .status { font-size: 3rem; line-height: 1; font-weight: 300; color: var(--muted); }
        .figure { font-size: 1.25rem; font-weight: 620; letter-spacing: -0.01em; line-height: 1.3; }

        .button {
          display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem; min-height: 2.5rem; padding: 0.4rem 1rem;
          font: inherit; font-weight: 580; line-height: 1.2; text-decoration: none; cursor: pointer; min-width: 0;
          color: var(--ink); background: var(--panel); border: 1px solid var(--edge); border-radius: 8px;
        }
        .button:hover { background: var(--sunken); color: var(--ink); }
        .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        .button.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
        .button.danger { color: var(--bad); border-color: var(--bad); }
        .button.danger:hover { background: var(--bad-ground); }
        button.button.danger { background: var(--bad); color: var(--on-bad); }
        button.button.danger:hover { background: var(--bad); text-decoration: underline; }
        .button:disabled, .button.primary:disabled { cursor: default; color: var(--muted); background: var(--sunken); border-color: var(--line); }

        .badge {
          display: inline-flex; align-items: center; gap: 0.4rem; padding: 0.1rem 0.6rem; border-radius: 99px; white-space: nowrap;
          font-size: 0.8125rem; font-weight: 580; line-height: 1.5; vertical-align: 0.05em;
        }
        .badge::before { content: ""; width: 0.45rem; height: 0.45rem; border-radius: 50%; background: currentColor; }
        .badge.calm::before { background: none; border: 1.5px solid currentColor; }
        .badge.warn::before, .badge.bad::before { border-radius: 1px; }
        .badge.good { color: var(--good); background: var(--good-ground); }
        .badge.busy { color: var(--busy); background: var(--busy-ground); }
        .badge.warn { color: var(--warn); background: var(--warn-ground); }
        .badge.bad { color: var(--bad); background: var(--bad-ground); }
        .badge.calm { color: var(--calm); background: var(--calm-ground); }

        .notice { padding: 0.85rem 1.1rem; border-radius: 10px; border-left: 4px solid; background: var(--warn-ground); color: var(--warn); }
        .notice.done { background: var(--good-ground); color: var(--good); }
        .notice.refused { background: var(--bad-ground); color: var(--bad); }
        .notice a { color: inherit; }
        .notice p + ul, .notice p + p { margin-top: 0.35rem; }
        .notice li::before { content: "– "; }

        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: 0.7rem 0.9rem; vertical-align: baseline; }
        th { font-weight: 560; }
        thead th { font-size: 0.8125rem; color: var(--muted); font-weight: 560; white-space: nowrap; }
        tbody tr { border-top: 1px solid var(--line); }
        td .sub, th .sub { font-weight: 400; }
        .amount { text-align: right; white-space: nowrap; }
        td.warn { color: var(--warn); font-weight: 600; }
        td.bad { color: var(--bad); font-weight: 600; }
        .panel > .stack, .panel > div > .stack { margin: 0 -0.9rem; width: calc(100% + 1.8rem); }
        .panel > p + .stack { margin-top: 0.75rem; }
        table.stack.panel { padding: 0; border-collapse: separate; border-spacing: 0; overflow: hidden; }
        table.stack.panel tbody th, table.stack.panel tbody td { border-top: 1px solid var(--line); padding-top: 1rem; padding-bottom: 1rem; }
        table.stack.panel th:first-child, table.stack.panel td:first-child { padding-left: 1.5rem; }
        table.stack.panel th:last-child, table.stack.panel td:last-child { padding-right: 1.5rem; }
        .name { font-size: 1.0625rem; font-weight: 620; display: block; overflow-wrap: anywhere; }
        [data-label="Life"] > span { white-space: nowrap; }
        td > .sub, td > span > .sub { white-space: nowrap; }

        .facts { display: flex; flex-direction: column; }
        .facts > div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: 0.5rem 0; border-top: 1px solid var(--line); }
        .facts > div:first-child { border-top: 0; padding-top: 0; }
        .facts dt { color: var(--muted); }
        .facts dd { min-width: 0; }
        .facts.wide > div { justify-content: flex-start; flex-wrap: nowrap; }
        .facts.wide dt { flex: 0 0 9rem; }
        .facts.wide dd { flex: 1; }
        .bytes {
          display: block; margin-top: 0.5rem; padding: 0.75rem 0.9rem; border-radius: 8px; background: var(--sunken); overflow-wrap: anywhere;
          max-height: 16rem; overflow-y: auto; font-size: 0.8125rem;
        }
        details { margin-top: 0.75rem; }
        summary { cursor: pointer; color: var(--muted); font-size: 0.875rem; width: fit-content; }
        details[open] > summary { margin-bottom: 0.5rem; }

        progress {
          display: block; width: 100%; height: 0.5rem; appearance: none; border: 0; border-radius: 99px; overflow: hidden; background: var(--calm-ground);
          margin: 0.6rem 0; color: var(--accent);
        }
        progress::-webkit-progress-bar { background: var(--calm-ground); }
        progress::-webkit-progress-value { background: var(--accent); border-radius: 99px; }
        progress::-moz-progress-bar { background: var(--accent); border-radius: 99px; }
        progress.thin { height: 0.3rem; margin: 0.35rem 0 0; max-width: 9rem; }

        .text, select {
          font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--edge); border-radius: 8px;
          min-height: 2.5rem; padding: 0.4rem 0.75rem; width: 100%; max-width: 28rem; min-width: 0;
        }
        select { width: auto; max-width: 100%; padding-right: 0.5rem; }
        .text.mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.875rem; }
        .text::placeholder { color: var(--muted); opacity: 1; }
        [aria-invalid] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
        .error { color: var(--bad); font-size: 0.875rem; margin-top: 0.4rem; font-weight: 560; }
        .submit { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.25rem; margin-top: 1.25rem; }
        .submit .sub { flex: 1 1 14rem; }
        .search { display: flex; gap: 0.5rem; flex: 0 1 26rem; min-width: 0; }
        .search .text { flex: 1; }
        .field label { display: block; font-weight: 560; margin-bottom: 0.3rem; }
        .pages { display: flex; gap: 0.5rem; margin-top: 1.25rem; }
        .pages:empty { display: none; }

        .steps { counter-reset: step; margin-top: 1rem; }
        .steps li { position: relative; padding: 0 0 1.1rem 2.1rem; display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; }
        .steps li:last-child { padding-bottom: 0; }
        .steps li::after { content: ""; position: absolute; left: 0.5rem; top: 1.35rem; bottom: -0.15rem; width: 2px; background: var(--line); }
        .steps li:last-child::after { display: none; }
        .steps li::before {
          content: ""; position: absolute; left: 0; top: 0.2rem; width: 1.125rem; height: 1.125rem; border-radius: 50%;
          border: 2px solid var(--edge); background: var(--panel);
        }
        .steps .done::before { background: var(--good); border-color: var(--good); }
        .steps .done::after { background: var(--good); }
        .steps .running::before { border: 5px solid var(--accent); }
        .steps .failed::before { background: var(--bad); border-color: var(--bad); border-radius: 3px; }
        .steps .failed .step-state { color: var(--bad); font-weight: 600; }
        .step-title { font-weight: 580; }
        .waiting .step-title { color: var(--muted); font-weight: 450; }
        .step-detail { flex-basis: 100%; overflow-wrap: anywhere; }
        .plain-steps { margin-top: 0; }
        .plain-steps li { display: block; counter-increment: step; }
        .plain-steps li::before {
          content: counter(step); display: grid; place-items: center; font-size: 0.75rem; font-weight: 650; width: 1.375rem; height: 1.375rem;
          top: 0.05rem; left: -0.125rem; border-width: 1px;
        }
        .plain-steps li::after { top: 1.6rem; }

        .wallet-row { display: flex; gap: 0.75rem; margin-top: 1rem; }
        .wallet-choice { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.75rem; }
        .wallet-state { margin-top: 0.6rem; overflow-wrap: anywhere; font-size: 0.875rem; color: var(--muted); }
        .wallet-state:empty { display: none; }
        .wallet-state[data-tone="done"] { color: var(--good); font-weight: 560; }
        .wallet-state[data-tone="refused"] { color: var(--bad); font-weight: 560; }
        .wallet-state[data-tone="asking"], .wallet-state[data-tone="pending"] { color: var(--busy); font-weight: 560; }
        """
}
