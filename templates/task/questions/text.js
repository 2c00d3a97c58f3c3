// What participants write.
KINDS.text = ({ question, answer, change }) => {
  const field = element("textarea", { rows: 3, maxlength: question.longest, dir: "auto", "aria-label": question.text || say("question_text"), oninput: () => change(field.value.trim() ? field.value : null) });
  field.value = answer ?? "";
  return { node: field, open: true };
};
