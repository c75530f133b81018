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

const again = found("[data-again]");
if (again) addEventListener("online", () => location.reload());

if (isSecureContext) navigator.serviceWorker?.register("/sw.js").catch(() => {});
