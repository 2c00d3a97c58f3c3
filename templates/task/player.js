// Shows one clip and measures how it played. Every trouble is visible, is counted, and leaves a way on.
const SLOW_MS = 8000;
const STALL_MS = 250;
const waitingClips = new Map();

function videoOf(item) {
  const video = element("video", { loop: true, playsinline: true, preload: "auto", tabindex: "-1", disablepictureinpicture: true });
  video.muted = video.defaultMuted = !TASK.sound;
  video.setAttribute("aria-label", say("video_description"));
  video.src = item.url;
  return video;
}

function preload(item) {
  if (item && item.url && !item.picture && !waitingClips.has(item.key)) waitingClips.set(item.key, videoOf(item));
}

// `record` is filled in; `elapsed()` gives seconds since the item appeared; `onseen` comes after one full viewing.
function clipPlayer(item, record, elapsed, onseen, onskip) {
  const cover = element("div", { class: "cover" });
  const picture = element("div", { class: "picture" }, cover);
  const note = element("p", { class: "note", role: "status" });
  const pauseButton = control("pause", togglePause);
  const fullButton = control("full_screen", toggleFull);
  const controls = element("div", { class: "controls" }, pauseButton, control("replay", () => replay()), fullButton);
  const node = element("div", { class: "clip", onfullscreenchange: showFull, onkeydown: (event) => { if (event.key === "Escape") enlarge(false); } }, picture, controls, note);
  let shown = null, timers = [], stopped = false, furthest = 0, lastTime = 0, runs = 0;

  const later = (action, ms) => timers.push(setTimeout(action, ms));
  const forget = () => { timers.forEach(clearTimeout); timers = []; };
  const covered = (...children) => { cover.replaceChildren(...children); cover.hidden = children.length === 0; };
  const started = () => { covered(); if (record.time_to_play_s === null) record.time_to_play_s = elapsed(); };

  function watched(fraction) {
    record.watched_fraction = Math.max(record.watched_fraction, Math.min(1, fraction));
    if (fraction >= 1 && !record.seen) { record.seen = true; onseen(); }
  }

  function show(media) {
    forget();
    runs++;
    release();
    shown = media;
    picture.prepend(media);
    covered(element("p", {}, say("loading")));
    const run = runs;
    later(() => { if (run === runs && !cover.hidden) covered(element("p", {}, say("loading")), button("retry", begin)); }, SLOW_MS);
  }

  function begin() {
    note.replaceChildren();
    if (item.picture) return showPicture(item.url);
    const video = waitingClips.get(item.key) ?? videoOf(item);
    waitingClips.delete(item.key);
    if (video.error) { record.playback_errors++; return instead(); }
    show(video);
    const run = runs;
    const current = (action) => () => { if (run === runs && !stopped) action(); };
    const sample = () => {
      if (!(video.duration > 0)) return;
      if (video.currentTime + 0.02 < lastTime && lastTime > video.duration * 0.5) furthest = video.duration;
      lastTime = video.currentTime;
      furthest = Math.max(furthest, lastTime);
      watched(furthest >= video.duration - 0.04 ? 1 : furthest / video.duration);
    };
    const frame = () => { if (run === runs && !stopped) { sample(); requestAnimationFrame(frame); } };
    video.addEventListener("timeupdate", current(sample));
    video.addEventListener("playing", current(() => { forget(); started(); }));
    video.addEventListener("error", current(() => { record.playback_errors++; instead(); }));
    video.addEventListener("waiting", current(() => {
      const at = video.currentTime;
      const stuck = () => video.currentTime === at && !video.paused;
      if (record.time_to_play_s === null || video.seeking) return;
      later(() => { if (stuck()) record.stalls++; }, STALL_MS);
      later(() => { if (stuck()) covered(element("p", {}, say("loading")), button("retry", begin)); }, SLOW_MS);
    }));
    for (const name of ["play", "pause"]) video.addEventListener(name, current(showPaused));
    play(video, run);
    requestAnimationFrame(frame);
  }

  function play(video, run) {
    video.play().catch((error) => {
      if (run !== runs || stopped || error.name === "AbortError" || video.error) return;
      if (!TASK.sound) record.playback_errors++;  // browsers start sound only when they are asked to
      covered(button("tap_to_play", () => play(video, run), "primary"));
    });
  }

  function instead() {
    if (item.fallback) showPicture(item.fallback, say("fallback_shown"));
    else fail();
  }

  function showPicture(url, words = "") {
    const image = element("img", { alt: say("video_description") });
    show(image);
    const run = runs;
    image.addEventListener("load", () => {
      if (run !== runs || stopped) return;
      forget();
      started();
      if (words) note.replaceChildren(words + " ", button("retry", begin, "small"));
      later(() => watched(1), Math.max(1, item.seconds) * 1000);
    });
    image.addEventListener("error", () => { if (run === runs && !stopped) { record.playback_errors++; fail(); } });
    image.src = url;
  }

  function fail() {
    forget();
    runs++;
    release();
    covered(element("p", {}, say("media_failed")), button("retry", begin, "primary"), button("skip", onskip));
  }

  function showPaused() {
    pauseButton.become(shown.paused ? "play" : "pause");
  }

  function togglePause() {
    if (shown instanceof HTMLVideoElement) return shown.paused ? play(shown, runs) : shown.pause();
    if (shown instanceof HTMLImageElement && shown.complete) {  // an animated picture stops as a canvas
      const still = element("canvas", { width: shown.naturalWidth, height: shown.naturalHeight });
      still.getContext("2d").drawImage(shown, 0, 0);
      still.moving = shown;
      shown.replaceWith(still);
      shown = still;
      shown.paused = true;
    } else if (shown && shown.moving) {
      shown.replaceWith(shown.moving);
      shown = shown.moving;
      shown.paused = false;
    }
    showPaused();
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

  function replay() {
    record.replays++;
    if (shown instanceof HTMLVideoElement && !shown.error) {
      lastTime = 0;
      shown.currentTime = 0;
      play(shown, runs);
    } else if (shown && !cover.childElementCount) {
      const image = shown.moving ?? shown;
      if (shown.moving) togglePause();
      const url = image.src;
      image.src = "";
      image.src = url;
    }
  }

  function release() {
    if (shown) shown.remove();
    if (shown instanceof HTMLVideoElement) { shown.pause(); shown.removeAttribute("src"); shown.load(); }
    shown = null;
  }

  function stop() {
    stopped = true;
    forget();
    release();
  }

  return { node, begin, replay, stop };
}
