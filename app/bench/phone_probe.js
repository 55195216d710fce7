// In the page before its own scripts: notes when it is painted, shown, busy, and what it fetches.
(() => {
  // Telegram's client around it: the app asks it where the screen ends.
  window.TelegramWebviewProxy = {
    postEvent(type) {
      if (type !== "web_app_request_viewport") return;
      const size = { width: innerWidth, height: innerHeight, is_expanded: true, is_state_stable: true };
      setTimeout(() => window.Telegram?.WebView?.receiveEvent("viewport_changed", size));
    },
  };

  const tasks = [];
  let shown = null;
  let waited = null;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push([task.startTime, task.duration]);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const input of list.getEntries()) waited = input.processingStart - input.startTime;
  }).observe({ type: "first-input", buffered: true });

  // The frame after the one in which it is there for the first time: by then it is on the screen.
  const look = () => {
    if (document.querySelector(__SHOWN__)) requestAnimationFrame(() => (shown = performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  const fetched = () =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((entry) => ({
      name: new URL(entry.name).pathname,
      began: entry.startTime,
      ended: entry.responseEnd,
      size: entry.transferSize,
    }));
  window.seen = () => ({
    now: performance.now(),
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    shown,
    tasks,
    fetched: fetched(),
  });
  window.touchable = () => {
    const seen = [...document.querySelectorAll("nav a:not([aria-current]), main button")];
    const box = seen.find((node) => node.checkVisibility() && !node.closest("[inert]")).getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  window.waited = () => waited;
})();
