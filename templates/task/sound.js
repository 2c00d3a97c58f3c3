// A check that sound is heard: some tones to count, made here, so that no file is needed.
const MOST_TONES = 5;

function playTones(count) {
  const context = new AudioContext();
  for (let tone = 0; tone < count; tone++) {
    const at = context.currentTime + 0.2 + 0.5 * tone;
    const source = new OscillatorNode(context, { frequency: 660 });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setTargetAtTime(0.3, at, 0.01);
    volume.gain.setTargetAtTime(0, at + 0.2, 0.02);
    source.connect(volume).connect(context.destination);
    source.start(at);
    source.stop(at + 0.4);
  }
}

function soundStep() {
  let played = 0;
  const message = element("p", { class: "message", role: "status" });
  const answers = Array.from({ length: MOST_TONES }, (_, place) =>
    element("button", { type: "button", disabled: true, onclick: () => answer(place + 1) }, String(place + 1)));

  function tell(key, kind = "") {
    message.className = "message " + kind;
    message.textContent = key && say(key);
  }

  function play() {
    played = 2 + Math.floor(Math.random() * (MOST_TONES - 1));
    playTones(played);
    answers.forEach((one) => { one.disabled = false; });
    tell("");
  }

  function answer(count) {
    const right = count === played;
    if (right) state.heard = true;
    answers.forEach((one) => { one.disabled = true; });
    tell(right ? "sound_check_right" : "sound_check_wrong", right ? "right" : "not-right");
    save();
    refresh();
  }

  return {
    primary: "next", back: true, message, ready: () => state.heard || PREVIEW,
    keys(key) {
      const one = answers[Number(key) - 1];
      if (one) one.click();
      return Boolean(one);
    },
    node: element("section", { class: "reading sound-check" },
      heading(say("sound_check_step")),
      element("p", {}, say("sound_check_text")),
      button("sound_check_play", play),
      element("p", { id: "tones" }, say("sound_check_count")),
      element("div", { class: "tones", role: "group", "aria-labelledby": "tones" }, ...answers),
      element("p", { class: "hint" }, say("sound_check_none"))),
  };
}

// Of several clips one is heard at a time; the buttons choose which.
function soundSwitches(views, names) {
  const buttons = names.map((name, place) => element("button", { type: "button", class: "small", onclick: () => hear(place) }, say("hear", { clip: name })));
  function hear(heard) {
    views.slice(-names.length).forEach((view, place) => {
      view.muted = place !== heard;
      if (view.video) view.video.muted = view.muted;
      buttons[place].setAttribute("aria-pressed", place === heard);
    });
  }
  views[0].muted = names.length < views.length;
  hear(0);
  return element("div", { class: "controls" }, ...buttons);
}
