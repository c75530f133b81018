// Every page works without this. It only saves reloads, keeps pages live and answers keys.
import * as ballot from "./ballot.js";
import * as card from "./card.js";
import * as compose from "./compose.js";
import * as duel from "./duel.js";
import * as live from "./live.js";
import * as presale from "./presale.js";
import { clearWaiting, say, wait } from "./say.js";

const found = (selector) => document.querySelector(selector);

if (found("[data-sheet]")) ballot.start();
if (found("[data-card]")) card.start();
if (found("[data-duel]")) duel.start();
if (found("[data-compose]")) compose.start();
if (found("[data-live]")?.dataset.live) live.start();
if (found("[data-presale]")) presale.start();

const dock = found("#dock");
if (dock) {
  const measured = () => document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`);
  new ResizeObserver(measured).observe(dock);
  measured();
}

for (const toast of document.querySelectorAll("#toasts .toast")) setTimeout(() => toast.remove(), 6000);

addEventListener("offline", () => wait(document.body.dataset.offline));
addEventListener("online", () => {
  clearWaiting();
  say(document.body.dataset.back);
});

// It may be the server that was away, of which the browser tells nothing: ask for it now and then.
async function comeBack() {
  for (let ms = 1000; ; ms = Math.min(ms * 2, 15000)) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    const there = await fetch("/offline", { method: "HEAD" }).then((answer) => answer.ok, () => false);
    if (there) return location.reload();
  }
}

if (found("[data-again]") && location.pathname !== "/offline") {
  addEventListener("online", () => location.reload());
  comeBack();
}

if (isSecureContext) navigator.serviceWorker?.register("/sw.js").catch(() => {});
