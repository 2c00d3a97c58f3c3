// What the page of another program finds here in place of Mechanical Turk: the address of its submissions, and storage.
(() => {
  "use strict";
  const submitTo = new URLSearchParams(location.search).get("turkSubmitTo");

  // A form that a script sends to Mechanical Turk's site goes where Mechanical Turk's frame would have told it to.
  function redirect(form, button) {
    for (const [element, name] of [[form, "action"], [button, "formaction"]]) {
      const address = element?.getAttribute(name) ?? "";
      const path = address.match(/^\s*(?:https?:)?\/\/(?:www|workersandbox)\.mturk\.com(\/mturk\/externalSubmit.*)/)?.[1];
      if (path && submitTo) element.setAttribute(name, submitTo.replace(/\/+$/, "") + path);
    }
  }
  document.addEventListener("submit", (event) => redirect(event.target, event.submitter), true);
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () { redirect(this); submit.call(this); };
})();

// Web Storage and cookies for a page whose sandbox has none. The page around this one keeps what is stored, and gives it
// to the page that is loaded next as the name of its window.
(() => {
  "use strict";
  try { window.localStorage; return; } catch { /* as expected */ }
  let kept = {};
  try { kept = JSON.parse(window.name) ?? {}; } catch { /* a name of somebody else's */ }

  function area(kind) {
    const values = new Map(Object.entries(kept[kind] ?? {}));
    const changed = () => {
      kept = { ...kept, [kind]: Object.fromEntries(values) };
      window.name = JSON.stringify(kept);
      window.parent.postMessage({ vidgen: "keep", kind, values: kept[kind] }, "*");
    };
    const methods = {
      key: (place) => [...values.keys()][place] ?? null,
      getItem: (key) => values.get(String(key)) ?? null,
      setItem: (key, value) => { values.set(String(key), String(value)); changed(); },
      removeItem: (key) => { if (values.delete(String(key))) changed(); },
      clear: () => { values.clear(); changed(); },
    };
    return new Proxy(methods, {
      get: (_, key) => key === "length" ? values.size : Object.hasOwn(methods, key) ? methods[key] : values.get(key),
      set: (_, key, value) => { methods.setItem(key, value); return true; },
      has: (_, key) => values.has(key) || Object.hasOwn(methods, key),
      deleteProperty: (_, key) => { methods.removeItem(key); return true; },
      ownKeys: () => [...values.keys()],
      getOwnPropertyDescriptor: (_, key) =>
        values.has(key) ? { value: values.get(key), writable: true, enumerable: true, configurable: true } : undefined,
    });
  }

  const cookies = new Map();
  for (const kind of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, kind, { value: area(kind), configurable: true });
  }
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    set: (text) => {
      const [pair, ...attributes] = String(text).split(";");
      const [name, value] = pair.split(/=(.*)/s).map((part) => part.trim());
      const ends = attributes.find((one) => /^\s*(max-age\s*=\s*(0|-)|expires\s*=.*\b(1970|19[0-9]{2})\b)/i.test(one));
      if (ends) cookies.delete(name); else cookies.set(name, value ?? "");
    },
  });
})();
