// One of the options, or several.
ORDERS.choice = ({ options, shuffled: random }) => (random ? shuffled(options, OPTION_SEED) : options);

KINDS.choice = ({ question, name, answer, change }) => {
  const options = optionsHere[question.id];
  const chosen = new Set([answer ?? []].flat());
  function toggle(option) {
    if (!chosen.delete(option)) chosen.add(option);
    change(chosen.size ? [...chosen] : null);
  }
  return {
    ...optionButtons({ name, options: options.map((option) => [option, textOf(option)]), chosen: [...chosen], onchoose: question.several ? toggle : change, type: question.several ? "checkbox" : "radio" }),
    open: question.several,
  };
};
