// Which of the item's captions fits; the last two answers are the same for every item.
KINDS.caption = ({ question, asked, item, name, answer, change }) => {
  const options = optionOrder([...asked.captions, ...question.always], seedOf(OPTION_SEED, item.key, question.id));
  const words = { [question.always[0]]: say("none_of_these"), [question.always[1]]: say("unclear") };
  return { ...optionButtons({ name, layout: "options long", options: options.map((option) => [option, words[option] ?? option]), chosen: [answer], onchoose: change }), options };
};
