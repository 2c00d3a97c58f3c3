// How good, or how much worse than a reference: five points with a word each, more points as numbers between two words, or a
// slider from 0 to 100. Words are those of ITU-T P.910.
ORDERS.rating = ({ low, high, points: count, best_first }) => {
  if (count > 11) return [];
  const points = Array.from({ length: high - low + 1 }, (_, place) => String(low + place));
  return best_first ? points.reverse() : points;
};

KINDS.rating = ({ question, name, answer, change }) => {
  const { labels, best_first, reference } = question;
  const asks = say(reference ? "question_impairment" : "question_rating");
  const word = (point) => labels[question.points === 5 ? 5 - point : point === 5 ? 0 : 1] ?? say((reference ? "impairment_" : "rating_") + point);
  const points = optionsHere[question.id];
  if (question.points === 5) {
    return { ...optionButtons({ name, layout: "options scale", options: points.map((point) => [point, word(point)]), chosen: [answer], onchoose: change }), asks };
  }
  const part = question.points > 11 ? sliderPart(question, question.text || asks, answer, change)
    : optionButtons({ name, layout: "points", keys: points.map((point) => (point === "10" ? "-" : point)), options: points.map((point) => [point, point]), chosen: [answer], onchoose: change });
  const [first, last] = (best_first ? [5, 1] : [1, 5]).map((point) => element("span", { class: "end", dir: "auto" }, word(point)));
  return { ...part, asks, node: element("div", { class: "between" }, first, part.node, last) };
};

function sliderPart({ low, high, best_first }, label, answer, change) {
  const shown = element("output", {}, answer ?? "–");
  const field = slider({ min: low, max: high, value: answer ?? (low + high) / 2, class: answer === null ? "unset" : "", "aria-label": label }, (value) => {
    field.className = "";
    shown.value = value;
    change(String(value));
  });
  if (best_first) field.style.direction = document.dir === "rtl" ? "ltr" : "rtl";
  return { node: element("div", { class: "sliding" }, field, shown), open: true };
}
