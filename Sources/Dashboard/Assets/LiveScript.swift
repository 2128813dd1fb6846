/// The modules that pages use. None of them writes markup: what is shown comes from the server, or is set as text.
enum Scripts {}

extension Scripts {
    /// Listens to events and shows what the server then says: the page is asked for again, and each part of it that carries
    /// `data-live` and an id takes the place of its older self.
    static let live = """
        const main = document.getElementById("main");
        const status = document.querySelector("[data-live-status]");
        const say = (text) => { if (status && status.textContent !== text) status.textContent = text; };

        let isAsking = false;
        let isStale = false;

        const replace = (old, fresh) => {
          if (old.innerHTML === fresh.innerHTML) return;
          const open = new Set([...old.querySelectorAll("details[open][id]")].map((one) => one.id));
          for (const one of fresh.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
          const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
          old.replaceChildren(...document.adoptNode(fresh).childNodes);
          document.dispatchEvent(new Event("mayfly:fresh"));
          if (focused) [...old.querySelectorAll("[href]")].find((one) => one.getAttribute("href") === focused)?.focus();
        };

        const look = async () => {
          if (document.hidden || isAsking) { isStale = true; return; }
          isAsking = true;
          isStale = false;
          try {
            const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
            if (!answer.ok) return;
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            for (const old of document.querySelectorAll("[data-live][id]")) {
              const fresh = page.getElementById(old.id);
              if (fresh) replace(old, fresh);
            }
            // A task that is over, or a page of another kind, has nothing to wait for.
            const next = page.getElementById("main")?.dataset;
            if (!next?.livePath) source?.close();
            if (!next?.liveEvery) clearInterval(clock);
          } catch {
            say("The platform does not answer. The figures are as they were.");
          } finally {
            // One look a second is enough for any number of events.
            setTimeout(() => { isAsking = false; if (isStale) look(); }, 1000);
          }
        };

        const every = Number(main?.dataset.liveEvery ?? 0);
        const clock = every > 0 ? setInterval(() => look(), every * 1000) : undefined;
        if (every > 0) document.addEventListener("visibilitychange", () => { if (!document.hidden && isStale) look(); });

        let source;
        if (main?.dataset.livePath) {
          source = new EventSource(main.dataset.livePath);
          source.onopen = () => say("This page follows what happens.");
          source.onerror = () => say("The connection is gone; trying again.");
          source.onmessage = look;
          for (const name of (main.dataset.liveEvents ?? "").split(" ")) if (name) source.addEventListener(name, look);
          document.addEventListener("visibilitychange", () => { if (!document.hidden && isStale) look(); });
        }
        """
}
