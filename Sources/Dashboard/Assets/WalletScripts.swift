extension Scripts {
    /// Finds wallets (EIP-6963), lets the user choose where there are several, and brings one to a chain (EIP-3085, EIP-3326).
    static let wallet = """
        const wallets = new Map();
        window.addEventListener("eip6963:announceProvider", (event) => {
          const { info, provider } = event.detail ?? {};
          if (info?.uuid && provider?.request) wallets.set(info.uuid, { info, provider });
        });
        window.dispatchEvent(new Event("eip6963:requestProvider"));

        export class Refusal extends Error {}

        const known = () => {
          if (wallets.size > 0) return [...wallets.values()];
          const injected = window.ethereum;
          return injected?.request ? [{ info: { uuid: "", name: "Wallet" }, provider: injected }] : [];
        };

        const settle = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

        let chosen;
        export const choose = async (place, say) => {
          if (chosen) return chosen;
          window.dispatchEvent(new Event("eip6963:requestProvider"));
          await settle(50);
          const found = known();
          if (found.length === 0) throw new Refusal("No wallet was found in this browser. Install one, or use another one by hand.");
          if (found.length === 1) return (chosen = found[0].provider);
          say("Which wallet?", "asking");
          place.replaceChildren();
          place.hidden = false;
          return new Promise((done) => {
            for (const { info, provider } of found) {
              const button = document.createElement("button");
              button.type = "button";
              button.className = "button";
              if (/^data:image\\//.test(info.icon ?? "")) {
                const icon = document.createElement("img");
                icon.src = info.icon;
                icon.alt = "";
                icon.width = icon.height = 20;
                button.append(icon);
              }
              button.append(String(info.name ?? "Wallet").slice(0, 40));
              button.addEventListener("click", () => {
                place.hidden = true;
                chosen = provider;
                done(provider);
              });
              place.append(button);
            }
            place.querySelector("button").focus();
          });
        };

        export const account = async (provider, wanted) => {
          const accounts = await provider.request({ method: "eth_requestAccounts" });
          if (!accounts?.length) throw new Refusal("The wallet has shown no account.");
          if (!wanted) return accounts[0];
          const match = accounts.find((one) => one.toLowerCase() === wanted.toLowerCase());
          if (!match) throw new Refusal(`Only ${wanted} can send this. Choose that account in the wallet.`);
          return match;
        };

        export const addChain = (provider, data) => provider.request({
          method: "wallet_addEthereumChain",
          params: [{
            chainId: data.chainId,
            chainName: data.chainName,
            nativeCurrency: { name: data.symbol === "ETH" ? "Ether" : data.symbol, symbol: data.symbol, decimals: 18 },
            rpcUrls: [data.rpcUrl],
            ...(data.explorerUrl ? { blockExplorerUrls: [data.explorerUrl] } : {}),
          }],
        });

        const isOn = async (provider, chain) => BigInt(await provider.request({ method: "eth_chainId" })) === BigInt(chain);

        export const ensureChain = async (provider, data, say) => {
          if (await isOn(provider, data.chainId)) return;
          say(`The wallet is on another chain. Switching it to ${data.chainName}.`, "asking");
          try {
            await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: data.chainId }] });
          } catch (error) {
            if (error?.code === 4001 || !data.rpcUrl) throw error;
            await addChain(provider, data);
          }
          if (!(await isOn(provider, data.chainId))) {
            throw new Refusal(`The wallet is still on another chain. Switch it to ${data.chainName} (${Number(data.chainId)}).`);
          }
        };

        const reason = (error) => {
          if (error instanceof Refusal) return error.message;
          if (error?.code === 4001) return "Refused in the wallet. Nothing was sent.";
          if (error?.code === -32002) return "The wallet already asks for something. Open it.";
          const text = String(error?.data?.message ?? error?.message ?? error).slice(0, 300);
          return `The wallet says: ${text}`;
        };

        // Shows the button, and runs the action with a way to say how it goes. What is under way cannot be begun again.
        export const offer = (element, selector, action) => {
          const button = element.querySelector(selector);
          const state = element.querySelector("[data-state]");
          const place = element.querySelector("[data-choice]");
          const say = (text, tone) => {
            state.textContent = text;
            state.dataset.tone = tone;
          };
          button.closest("[hidden]").hidden = false;
          button.addEventListener("click", async () => {
            button.disabled = true;
            try {
              if (await action({ provider: await choose(place, say), data: element.dataset, say })) return;
            } catch (error) {
              say(reason(error), "refused");
            }
            place.hidden = true;
            button.disabled = false;
          });
        };
        """

    /// Adds a rollup to a wallet.
    static let network = """
        import { addChain, offer } from "./\(Assets.wallet.name)";

        for (const element of document.querySelectorAll("[data-network]")) {
          offer(element, "[data-add]", async ({ provider, data, say }) => {
            say("Confirm it in the wallet.", "asking");
            await addChain(provider, data);
            say(`${data.chainName} is in the wallet.`, "done");
          });
        }
        """

    /// Has a wallet send the transactions that the page has.
    static let transaction = """
        import { account, ensureChain, offer } from "./\(Assets.wallet.name)";

        const settle = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

        const receipt = async (provider, hash) => {
          for (let tries = 0; tries < 300; tries += 1) {
            try {
              const found = await provider.request({ method: "eth_getTransactionReceipt", params: [hash] });
              if (found) return found;
            } catch {
              // Its node may be behind; the transaction is sent all the same.
            }
            await settle(Math.min(1000 + tries * 100, 5000));
          }
          return null;
        };

        const bind = (element) => {
          element.dataset.bound = "";
          offer(element, "[data-send]", async ({ provider, data, say }) => {
            say("Looking at the wallet.", "asking");
            const from = await account(provider, data.from);
            await ensureChain(provider, data, say);
            say("Confirm it in the wallet.", "asking");
            const call = { from, to: data.to, value: data.value, data: data.data, ...(data.gas ? { gas: data.gas } : {}) };
            const hash = await provider.request({ method: "eth_sendTransaction", params: [call] });
            if (!/^0x[0-9a-fA-F]{64}$/.test(hash)) throw new Error("it has answered with no transaction hash");
            say(`Sent as ${hash}. Waiting until it is in a block.`, "pending");
            const found = await receipt(provider, hash);
            if (!found) {
              say(`Sent as ${hash}, and in no block that the wallet knows yet. Look it up before sending it again.`, "pending");
              return true;
            }
            if (BigInt(found.status ?? 1) === 0n) {
              say(`It is in block ${Number(found.blockNumber)} and was reverted. Only its fee was spent.`, "refused");
              return false;
            }
            say(`Done, in block ${Number(found.blockNumber)}.`, "done");
            const next = data.next && new URL(data.next.replace("{hash}", hash), location.href);
            if (next && next.origin === location.origin) location.assign(next);
            return true;
          });
        };
        // What the page shows later is bound when it is there.
        const bindAll = () => document.querySelectorAll("[data-transaction]:not([data-bound])").forEach(bind);
        document.addEventListener("mayfly:fresh", bindAll);
        bindAll();
        """

    /// Fills a field with the address of the wallet's account.
    static let ownAddress = """
        import { account, offer } from "./\(Assets.wallet.name)";

        for (const element of document.querySelectorAll("[data-own-address]")) {
          offer(element, "[data-fill]", async ({ provider, data, say }) => {
            say("Looking at the wallet.", "asking");
            const field = document.getElementById(data.ownAddress);
            field.value = await account(provider);
            say("", "done");
            field.focus();
          });
        }
        """

    /// Signs in with Ethereum (EIP-4361): the server writes the message, the wallet signs it, the form carries both,
    /// the message as hex, since forms change line ends.
    static let signIn = """
        import { account, offer } from "./\(Assets.wallet.name)";

        for (const form of document.querySelectorAll("form[data-sign-in]")) {
          offer(form, "[data-sign]", async ({ provider, data, say }) => {
            say("Looking at the wallet.", "asking");
            const address = await account(provider);
            const answer = await fetch(`${data.messagePath}?address=${encodeURIComponent(address)}`, { cache: "no-store" });
            if (!answer.ok) throw new Error(`the platform has answered ${answer.status}`);
            const message = await answer.text();
            say("Confirm it in the wallet.", "asking");
            const bytes = new TextEncoder().encode(message);
            const hex = "0x" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
            const signature = await provider.request({ method: "personal_sign", params: [hex, address] });
            form.elements.message.value = hex;
            form.elements.signature.value = signature;
            say("Signing in.", "pending");
            form.submit();
            return true;
          });
        }
        """
}
