// Shows the clips of an item. One loops by itself; several play in step, and begin together again when the last has ended.
const AHEAD_S = 0.02;
const NAMES = [..."ABCD"];

function shownIn(item) {
  return shownOrder((item.clips ?? []).length, item.key, TASK.seed, WORKER);
}

// `record` is filled in; `elapsed()` gives seconds since the item appeared; `onseen` comes after one full viewing.
function clipPlayer(item, record, elapsed, onseen, onskip) {
  const clips = clipsOf(item);
  const alone = clips.length === 1;
  const order = shownIn(item);
  const names = order.map((_, place) => (order.length > 1 ? NAMES[place] : say("video_description")));
  const tell = { begun, watched, changed: () => { if (alone) setGoing(!views[0].shown.paused); }, skip: onskip };
  const show = (clip, name) => clipView(clip, name, alone, record, tell);
  const views = order.map((which, place) => show(item.clips[which], names[place]));
  if (item.reference) views.unshift(show(item.reference, say("reference")));
  let going = true, together = alone, stopped = false, starts = 0, follower = null;

  const pauseButton = control("pause", togglePause);
  const fullButton = control("full_screen", toggleFull);
  const controls = element("div", { class: "controls" }, pauseButton, control("replay", replay), fullButton);
  const shape = alone ? "" : ` many of-${views.length}` + (Math.max(...clips.map(ratioOf)) <= 1 ? " tall" : "");
  const pictures = element("div", { class: "pictures" }, ...views.map(({ node }) => node));
  const node = element("div", { class: "clip" + shape, onfullscreenchange: showFull, onkeydown: (event) => { if (event.key === "Escape") enlarge(false); } },
    pictures, alone || !TASK.sound ? null : soundSwitches(views, names), controls);
  const videos = () => views.map(({ video }) => video).filter(Boolean);

  function begin() {
    views.forEach((view) => view.begin());
    if (!alone) requestAnimationFrame(keepInStep);
  }

  // Several wait for each other before they start.
  function begun(view, first) {
    if (!alone && first) {
      together = false;
      if (view.video) view.video.pause();
      if (!views.every((one) => one.begun)) return;
      together = true;
      restart();
    }
    if (record.time_to_play_s === null) record.time_to_play_s = elapsed();
  }

  function watched() {
    const fraction = Math.min(...views.map((view) => view.fraction));
    record.watched_fraction = Math.max(record.watched_fraction, fraction);
    if (fraction >= 1 && !record.seen) { record.seen = true; onseen(); }
  }

  // All from the first frame, once all have found it.
  function restart() {
    const start = ++starts;
    const playing = views.filter(({ video }) => video);
    const ready = () => {
      if (start === starts && going && playing.every(({ video }) => video && !video.seeking)) playing.forEach((view) => view.play());
    };
    for (const view of playing) {
      view.video.pause();
      view.video.addEventListener("seeked", ready, { once: true });
      view.rewind();
    }
  }

  // Whoever is ahead waits for the others; what has ended stands still until all have.
  function keepInStep() {
    if (stopped) return;
    requestAnimationFrame(keepInStep);
    const all = videos();
    if (!going || !together || all.some((video) => video.seeking)) return;
    if (all.length && all.every((video) => video.ended)) return restart();
    const moving = all.filter((video) => !video.ended);
    const last = Math.min(...moving.map((video) => video.currentTime));
    for (const video of moving) {
      const ahead = video.currentTime - last;
      if (ahead > AHEAD_S && !video.paused) video.pause();
      else if (ahead < AHEAD_S / 2 && video.paused) video.play().catch(() => {});
    }
  }

  function setGoing(on) {
    going = on;
    pauseButton.become(on ? "pause" : "play");
  }

  function togglePause() {
    setGoing(!going);
    for (const view of views) {
      view.togglePicture(!going);
      if (view.video && !going) view.video.pause();
      else if (view.video && (alone || !view.video.ended)) view.play();
    }
  }

  function replay() {
    record.replays++;
    setGoing(true);
    for (const view of views) {
      if (view.video || !view.shown || view.stuck) continue;
      view.togglePicture(false);
      const url = view.shown.src;
      view.shown.src = "";
      view.shown.src = url;
    }
    if (!alone) restart();
    else if (views[0].video) { views[0].rewind(); views[0].play(); }
  }

  function isFull() {
    return document.fullscreenElement === node || node.classList.contains("enlarged");
  }

  function showFull() {
    fullButton.become(isFull() ? "leave_full_screen" : "full_screen");
  }

  // Fills the page where a browser or the frame around it has no full screen (on iPhones).
  function enlarge(on) {
    node.classList.toggle("enlarged", on);
    showFull();
  }

  function toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (isFull()) enlarge(false);
    else if (document.fullscreenEnabled) node.requestFullscreen().catch(() => enlarge(true));
    else enlarge(true);
  }

  // Stops and gives the time at which it stands, in seconds.
  function pauseAt() {
    if (going) togglePause();
    return videos().length ? videos()[0].currentTime : 0;
  }

  function seek(at) {
    pauseAt();
    for (const video of videos()) video.currentTime = Math.max(0, Math.min(at, video.duration - 0.01 || 0));  // at its very end it loops
  }

  // Calls `on` with the time of the clip, while it plays.
  function follow(on) {
    if (!follower) requestAnimationFrame(function frame() {
      if (stopped) return;
      if (going && videos().length) follower(videos()[0].currentTime);
      requestAnimationFrame(frame);
    });
    follower = on;
  }

  function stop() {
    stopped = true;
    views.forEach((view) => view.stop());
  }

  return { node, names, begin, replay, stop, pauseAt, seek, follow };
}
