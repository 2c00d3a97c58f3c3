// Which option fits. The last two, "Other" and "Unclear", have their own keys everywhere.
ORDERS.naming = (question) => optionOrder(question.options, OPTION_SEED);

KINDS.naming = ({ question, name, answer, change }) => {
  const options = optionsHere[question.id];
  const keys = [...optionKeys(options.length - 2), "o", "u"];
  return { ...optionButtons({ name, keys, options: options.map((option) => [option, textOf(option)]), chosen: [answer], onchoose: change }), asks: say("question") };
};
