// A number within bounds.
KINDS.number = ({ question, answer, change }) => {
  const { low, high, whole, unit } = question;
  const field = element("input", { type: "number", min: low, max: high, step: whole ? 1 : "any", inputmode: whole ? "numeric" : "decimal", "aria-label": question.text || say("question_number"), oninput: () => change(field.value && field.checkValidity() ? Number(field.value) : null) });
  field.value = answer ?? "";
  return { node: element("p", { class: "number" }, field, unit ? element("span", { dir: "auto" }, unit) : null, element("small", {}, say("number_bounds", { low, high }))), open: true };
};
