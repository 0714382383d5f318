// The player answers for archived addresses by a service worker, which controls a page
// only from its second load on.
await navigator.serviceWorker.register("./sw.js", { scope: "./" });
await navigator.serviceWorker.ready;
if (navigator.serviceWorker.controller) {
  const script = document.createElement("script");
  script.src = "./ui.js";
  document.head.append(script);
} else {
  location.reload();
}
