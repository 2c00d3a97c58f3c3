// A part of the elements that Mechanical Turk's task pages load under this name, after their public documentation. They are
// drawn with the browser's own controls, and sent as one JSON text, `taskAnswers`.
(() => {
  "use strict";
  const query = new URLSearchParams(location.search);
  const assignmentId = query.get("assignmentId") ?? "ASSIGNMENT_ID_NOT_AVAILABLE";
  const previewed = assignmentId === "ASSIGNMENT_ID_NOT_AVAILABLE";
  const submitTo = (query.get("turkSubmitTo") ?? location.href.split(/[?#]/)[0]).replace(/\/+$/, "") + "/mturk/externalSubmit";

  const style = document.createElement("style");
  style.textContent = `
crowd-form, crowd-classifier, crowd-image-classifier, crowd-instructions, crowd-radio-group, crowd-alert, crowd-card { display: block; }
.crowd-field { display: block; margin: .5rem 0; font: 1rem/1.5 system-ui, sans-serif; }
.crowd-field > input:not([type=radio], [type=checkbox], [type=range]), .crowd-field > textarea { display: block; width: 100%; max-width: 40rem; box-sizing: border-box; padding: .5rem; font: inherit; }
.crowd-button { min-height: 44px; padding: .5rem 1.5rem; font: inherit; }
.crowd-choices { border: 1px solid #8888; border-radius: .5rem; margin: 1rem 0; }
crowd-image-classifier img { max-width: 100%; height: auto; }`;
  document.head.append(style);

  function whenParsed(action) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", action, { once: true });
    else action();
  }

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== null && value !== false && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // Built once, when what stands inside has been read; a page may move it afterwards.
  class CrowdElement extends HTMLElement {
    connectedCallback() {
      if (this.met) return;
      this.met = true;
      whenParsed(() => this.build());
    }
    get name() { return this.getAttribute("name"); }
    set name(value) { this.setAttribute("name", value); }
    given(...names) { return Object.fromEntries(names.map((name) => [name, this.getAttribute(name)])); }
    asked(...names) { return Object.fromEntries(names.map((name) => [name, this.hasAttribute(name)])); }
  }

  // Has one control of the browser's, whose value it is.
  class Field extends CrowdElement {
    get value() { return this.control ? this.control.value : this.getAttribute("value") ?? ""; }
    set value(value) {
      if (this.control) this.control.value = value;
      else this.setAttribute("value", value);
    }
    get disabled() { return this.control ? this.control.disabled : this.hasAttribute("disabled"); }
    set disabled(value) {
      this.toggleAttribute("disabled", Boolean(value));
      if (this.control) this.control.disabled = Boolean(value);
    }
    get answer() { return this.value; }
    focus() { this.control?.focus(); }
    label(...parts) {
      const message = this.getAttribute("error-message");
      if (message) {
        this.control.addEventListener("invalid", () => this.control.setCustomValidity(message));
        this.control.addEventListener("input", () => this.control.setCustomValidity(""));
      }
      this.append(make("label", { class: "crowd-field" }, ...parts));
    }
  }

  class CrowdInput extends Field {
    build() {
      this.control = make("input", {
        type: "text", ...this.given("type", "value", "placeholder", "min", "max", "step"),
        ...this.asked("required", "disabled", "readonly"), maxlength: this.getAttribute("max-length"), minlength: this.getAttribute("min-length"),
      });
      if (!this.hasAttribute("type")) this.control.type = "text";
      this.label(this.getAttribute("label") ?? "", this.control);
    }
  }

  class CrowdTextArea extends Field {
    build() {
      this.control = make("textarea", {
        ...this.given("placeholder", "rows"), ...this.asked("required", "disabled", "readonly"), maxlength: this.getAttribute("max-length"),
      });
      this.control.value = this.getAttribute("value") ?? this.textContent.trim();
      this.replaceChildren();
      this.label(this.getAttribute("label") ?? "", this.control);
    }
  }

  class CrowdSlider extends Field {
    build() {
      this.control = make("input", { type: "range", ...this.given("min", "max", "step"), ...this.asked("disabled") });
      this.control.value = this.getAttribute("value") ?? this.getAttribute("min") ?? 0;
      const shown = make("output", {}, this.control.value);
      this.control.addEventListener("input", () => { shown.value = this.control.value; });
      this.label(this.getAttribute("label") ?? this.getAttribute("name") ?? "", this.control, " ", shown);
    }
    get answer() { return Number(this.value); }
  }

  class Choice extends Field {
    get value() { return this.getAttribute("value") ?? "on"; }
    get checked() { return this.control ? this.control.checked : this.hasAttribute("checked"); }
    set checked(value) {
      if (this.control) this.control.checked = Boolean(value);
      else this.toggleAttribute("checked", Boolean(value));
    }
    get answer() { return { [this.value]: this.checked }; }
    build(attributes) {
      this.control = make("input", { ...attributes, ...this.asked("checked", "disabled") });
      this.label(this.control, " ", ...this.childNodes);
    }
  }

  class CrowdCheckbox extends Choice {
    build() { super.build({ type: "checkbox", ...this.asked("required") }); }
  }

  let groups = 0;
  class CrowdRadioGroup extends CrowdElement {
    get group() { return this.groupName ??= `crowd-radio-group-${++groups}`; }
    build() {
      this.setAttribute("role", "radiogroup");
      if (this.hasAttribute("label")) this.setAttribute("aria-label", this.getAttribute("label"));
    }
  }

  class CrowdRadioButton extends Choice {
    build() {
      const group = this.closest("crowd-radio-group");
      super.build({ type: "radio", name: group?.group ?? `crowd-${this.name}`, required: group ? group.hasAttribute("required") : false });
    }
  }

  class CrowdButton extends Field {
    build() {
      const action = this.getAttribute("form-action");
      const type = ["submit", "reset"].includes(action) ? action : "button";
      this.control = make("button", { type, class: "crowd-button", ...this.asked("disabled") }, ...this.childNodes);
      if (previewed && type === "submit") {
        this.control.disabled = true;
        this.control.textContent = "You must ACCEPT the HIT before you can submit the results.";
      }
      if (this.hasAttribute("href")) this.control.addEventListener("click", () => window.open(this.getAttribute("href"), this.getAttribute("target") ?? "_blank"));
      this.append(this.control);
    }
  }

  // A choice of one of the `categories`, about what stands inside.
  class CrowdClassifier extends CrowdElement {
    get options() {
      const text = this.getAttribute("categories") ?? "[]";
      try { return JSON.parse(text); } catch { return JSON.parse(text.replaceAll("'", '"')); }
    }
    get value() { return this.answer; }
    get answer() { return { label: this.querySelector(".crowd-choices input:checked")?.value ?? "" }; }
    build() {
      const whole = this.querySelector("full-instructions");
      const short = this.querySelector("short-instructions");
      const subject = this.subject();
      const name = `crowd-choices-${++groups}`;
      const options = this.options.map((value) =>
        make("label", { class: "crowd-field" }, make("input", { type: "radio", name, value, required: true }), ` ${value}`));
      this.append(...[short, subject].filter(Boolean), make("fieldset", { class: "crowd-choices" }, make("legend", {}, this.getAttribute("header") ?? ""), ...options));
      if (whole) this.append(make("details", {}, make("summary", {}, whole.getAttribute("header") || "Instructions"), whole));
    }
    subject() { return this.querySelector("classification-target"); }
  }

  class CrowdImageClassifier extends CrowdClassifier {
    subject() { return make("img", { src: this.getAttribute("src"), alt: this.getAttribute("header") ?? "" }); }
  }

  class CrowdInstructions extends CrowdElement {
    build() {
      this.append(make("details", {}, make("summary", {}, this.getAttribute("link-text") || "Instructions"), ...this.childNodes));
    }
  }

  class CrowdAlert extends CrowdElement {
    build() { this.setAttribute("role", "alert"); }
  }

  class CrowdCard extends CrowdElement {
    build() {}
  }

  class CrowdForm extends CrowdElement {
    build() {
      this.form = make("form", { method: "post", action: submitTo }, ...this.childNodes);
      const sends = "crowd-button[form-action=submit], button:not([type=button], [type=reset]), input[type=submit]";
      if (!this.form.querySelector(sends)) this.form.append(make("crowd-button", { "form-action": "submit" }, "Submit"));
      this.form.addEventListener("submit", (event) => { if (previewed) event.preventDefault(); });
      // Whatever sends the form, a button or a script: this is what goes.
      this.form.addEventListener("formdata", ({ formData }) => {
        for (const name of new Set(formData.keys())) formData.delete(name);
        formData.set("assignmentId", assignmentId);
        formData.set("taskAnswers", JSON.stringify([this.answers()]));
      });
      this.append(this.form);
    }
    submit() { if (!previewed) this.form.submit(); }
    reset() { this.form.reset(); }
    answers() {
      const found = Object.create(null);
      const put = (name, answer) => {
        const merges = typeof answer === "object" && typeof found[name] === "object";
        found[name] = merges ? { ...found[name], ...answer } : answer;
      };
      for (const field of this.form.elements) {
        const ours = field.closest("crowd-input, crowd-text-area, crowd-checkbox, crowd-radio-button, crowd-slider, crowd-classifier, crowd-image-classifier");
        if (ours || !field.name || field.disabled || field.name === "assignmentId" || ["submit", "button", "reset", "file", "fieldset", "output", "image"].includes(field.type)) continue;
        if (["checkbox", "radio"].includes(field.type)) put(field.name, { [field.value]: field.checked });
        else put(field.name, field.value);
      }
      for (const element of this.form.querySelectorAll("[name]")) {
        if (element instanceof CrowdElement && element.answer !== undefined && element.localName !== "crowd-button") put(element.name, element.answer);
      }
      return found;
    }
  }

  const elements = {
    "crowd-form": CrowdForm, "crowd-button": CrowdButton, "crowd-input": CrowdInput, "crowd-text-area": CrowdTextArea,
    "crowd-checkbox": CrowdCheckbox, "crowd-radio-group": CrowdRadioGroup, "crowd-radio-button": CrowdRadioButton, "crowd-slider": CrowdSlider,
    "crowd-classifier": CrowdClassifier, "crowd-image-classifier": CrowdImageClassifier, "crowd-instructions": CrowdInstructions,
    "crowd-alert": CrowdAlert, "crowd-card": CrowdCard,
  };
  for (const [name, made] of Object.entries(elements)) customElements.define(name, made);
})();
