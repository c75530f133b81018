// Shows one designed page when there is no connection. Keeps nothing that belongs to a person.
const kept = "catwalk-{{ asset('') }}";
const files = ["/offline", "{{ asset('base.css') }}", "{{ asset('room.js') }}", "{{ asset('fonts/newsreader-latin.woff2') }}", "{{ asset('fonts/inter-latin.woff2') }}"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(kept).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("catwalk-") && name !== kept);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && event.request.method === "GET") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/offline")));
  } else if (event.request.method === "GET" && files.some((file) => event.request.url.endsWith(file))) {
    event.respondWith(caches.match(event.request).then((found) => found || fetch(event.request)));
  }
});
