// Elements are made here and nowhere else; whatever a study says becomes text, never markup.
const TASK = JSON.parse(document.getElementById("task").textContent);
const WORDS = TASK.words;

function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// The same as nodes: texts of the study keep their own direction, whatever stands around them.
function sayApart(key, values) {
  return WORDS[key].split(/(\{\w+\})/).map((part) => {
    const value = values[part.slice(1, -1)];
    return part.startsWith("{") && value !== undefined ? element("bdi", {}, value) : part;
  });
}

// A text with what it has of web and e-mail addresses as links; addresses are ASCII and end before closing marks.
function linked(text) {
  return text.split(/(https?:\/\/[!-~]*[\w/=&#-]|[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)/i).map((part, place) => {
    if (place % 2 === 0) return part;
    return /^https?:/i.test(part) ? element("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : element("a", { href: "mailto:" + part }, part);
  });
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function button(key, onclick, kind = "plain") {
  return element("button", { type: "button", class: kind, onclick }, say(key));
}

// A button with a picture; where space is scarce the words are for screen readers alone.
function control(key, onclick) {
  const made = element("button", { type: "button", class: "small control", onclick }, element("span", { class: "icon", "aria-hidden": "true" }), element("span", { class: "words" }));
  made.become = (name) => { made.dataset.does = name; made.lastChild.textContent = made.title = say(name); };
  made.become(key);
  return made;
}

function announce(text) {
  document.getElementById("status").textContent = text;
}

// The first keys are digits, then letters.
function optionKeys(count) {
  return Array.from({ length: count }, (_, place) => "123456789abcdefghijklmnpqrstvwxyz"[place] ?? "");
}

// Radio buttons, or check boxes, for `options` of [value, words], each with the key that chooses it. `onchoose` gets the
// value that was chosen.
function optionButtons({ name, options, chosen, onchoose, keys = optionKeys(options.length), layout = "options", type = "radio" }) {
  const widest = layout.includes("scale") ? /\S{10}/ : /.{41}/;  // what stands in no column
  const long = options.some(([, words]) => widest.test(words));
  const rows = options.map(([value, words], place) => element("label", { class: "option" },
    element("input", { type, name, value, checked: chosen.includes(value), "aria-keyshortcuts": keys[place] || null, onchange: () => onchoose(value) }),
    element("span", { class: "words", dir: "auto" }, words),
    element("kbd", { "aria-hidden": "true" }, keys[place])));
  return {
    node: element("div", { class: long ? layout + " long" : layout }, ...rows),
    label: (value) => (options.find(([one]) => one === value) ?? [value, value])[1],
    keys(key) {
      const input = key && rows[keys.indexOf(key)]?.querySelector("input");
      if (!input || input.matches(":disabled")) return false;
      input.focus();
      if (!input.checked || type === "checkbox") input.click();
      return true;
    },
    mark(value) {
      rows[options.findIndex(([one]) => one === value)]?.classList.add("is-right");
    },
  };
}

// A number on a line from `low` to `high`; nothing is answered until it is moved.
function slider(attributes, onmove) {
  const field = element("input", { type: "range", ...attributes });
  for (const name of ["input", "click"]) field.addEventListener(name, () => { if (!field.disabled) onmove(Number(field.value)); });
  return field;
}
