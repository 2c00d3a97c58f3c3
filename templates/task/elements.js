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

// One radio button per option, with the key that chooses it: digits, letters, and always o and u for the last two.
function optionKeys(count) {
  const keys = [..."123456789abcdefghijklmnpqrstvwxyz"];
  return Array.from({ length: count }, (_, place) => (place >= count - 2 ? "ou"[place - count + 2] : keys[place] ?? ""));
}

function choice(question, options, chosen, onchoose) {
  const keys = optionKeys(options.length);
  const long = options.some((option) => (TASK.texts[option] ?? option).length > 40);
  const rows = options.map((option, place) => element("label", { class: "option" },
    element("input", { type: "radio", name: "answer", value: option, checked: option === chosen, "aria-keyshortcuts": keys[place] || null, onchange: () => onchoose(option) }),
    element("span", { class: "words", dir: "auto" }, TASK.texts[option] ?? option),
    element("kbd", { "aria-hidden": "true" }, keys[place])));
  const fields = element("fieldset", { class: "choice" },
    element("legend", { dir: "auto" }, question), element("div", { class: long ? "options long" : "options" }, ...rows));
  return {
    fields,
    lock(locked) { fields.disabled = locked; },
    press(key) {
      const place = keys.indexOf(key);
      if (place < 0 || key === "" || fields.disabled) return false;
      const radio = rows[place].querySelector("input");
      radio.focus();
      if (!radio.checked) radio.click();
      return true;
    },
    mark(option, name) {
      const row = rows[options.indexOf(option)];
      if (row) row.classList.add(name);
    },
  };
}
