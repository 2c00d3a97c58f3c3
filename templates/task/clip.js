// Shows one clip in its frame and measures how it plays. Every trouble is visible, is counted, and leaves a way on.
const SLOW_MS = 8000;
const STALL_MS = 250;
const waitingClips = new Map();

function clipsOf(item) {
  return [item.reference ?? [], item.clips ?? []].flat().map((place) => CLIPS[place]);
}

// Each clip stands once in the page, and what all of them share as well (crowd/task/clip_data.py).
const CLIPS = TASK.clips.map((short) => {
  const clip = { ...TASK.clip, ...short };
  for (const key of ["url", "fallback"]) {
    if (!(key in clip)) continue;
    const [path, ...query] = clip[key].split("?");
    clip[key] = TASK.address[0] + path + (query.length ? "?" + TASK.address[1] + query.join("?") : "");
  }
  return clip;
});

function videoOf(clip, alone) {
  const video = element("video", { loop: alone, playsinline: true, preload: "auto", tabindex: "-1", disablepictureinpicture: true });
  video.muted = video.defaultMuted = !TASK.sound;
  video.src = clip.url;
  return video;
}

function preload(item) {
  const clips = item ? clipsOf(item) : [];
  for (const clip of clips) if (!clip.picture && !waitingClips.has(clip)) waitingClips.set(clip, videoOf(clip, clips.length === 1));
}

function ratioOf(clip) {
  return (clip.width || 4) / (clip.height || 3);
}

// `record` counts what goes wrong. `tell` has what the player does: begun(view, whether for the first time), watched(), changed(), skip().
function clipView(clip, name, alone, record, tell) {
  const cover = element("div", { class: "cover" });
  const picture = element("div", { class: "picture", style: `--ratio: ${ratioOf(clip)}` }, cover);
  const note = element("p", { class: "note", role: "status" });
  let timers = [], stopped = false, furthest = 0, lastTime = 0, runs = 0;
  const view = {
    shown: null, fraction: 0, begun: false, muted: false, node: element("figure", {}, alone ? null : element("figcaption", {}, name), picture, note),
    begin, play, rewind, togglePicture, stop,
    get video() { return view.shown instanceof HTMLVideoElement && !view.shown.error ? view.shown : null; },
    get stuck() { return cover.childElementCount > 0; },
  };

  const later = (action, ms) => timers.push(setTimeout(action, ms));
  const forget = () => { timers.forEach(clearTimeout); timers = []; };
  const covered = (...children) => { cover.replaceChildren(...children); cover.hidden = children.length === 0; };

  function started() {
    covered();
    const first = !view.begun;
    view.begun = true;
    tell.begun(view, first);
  }

  function watched(fraction) {
    view.fraction = Math.max(view.fraction, Math.min(1, fraction));
    tell.watched();
  }

  function show(media) {
    forget();
    runs++;
    release();
    view.shown = media;
    media.setAttribute(media.localName === "img" ? "alt" : "aria-label", name);
    picture.prepend(media);
    covered(element("p", {}, say("loading")));
    const run = runs;
    later(() => { if (run === runs && !cover.hidden) covered(element("p", {}, say("loading")), button("retry", begin)); }, SLOW_MS);
  }

  function begin() {
    note.replaceChildren();
    view.begun = false;
    if (clip.picture) return showPicture(clip.url);
    const video = waitingClips.get(clip) ?? videoOf(clip, alone);
    waitingClips.delete(clip);
    if (video.error) { record.playback_errors++; return instead(); }
    video.muted = !TASK.sound || view.muted;
    video.loop = alone;
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
    for (const event of ["play", "pause"]) video.addEventListener(event, current(tell.changed));
    play();
    requestAnimationFrame(frame);
  }

  function play() {
    const video = view.shown, run = runs;
    video.play().catch((error) => {
      if (run !== runs || stopped || error.name === "AbortError" || video.error) return;
      if (!TASK.sound) record.playback_errors++;  // browsers start sound only when they are asked to
      covered(button("tap_to_play", play, "primary"));
    });
  }

  function rewind() {
    lastTime = 0;
    view.shown.currentTime = 0;
  }

  function instead() {
    if (clip.fallback) showPicture(clip.fallback, say("fallback_shown"));
    else fail();
  }

  function showPicture(url, words = "") {
    const image = element("img");
    show(image);
    const run = runs;
    image.addEventListener("load", () => {
      if (run !== runs || stopped) return;
      forget();
      started();
      if (words) note.replaceChildren(words + " ", button("retry", begin, "small"));
      later(() => watched(1), Math.max(1, clip.seconds ?? 0) * 1000);
    });
    image.addEventListener("error", () => { if (run === runs && !stopped) { record.playback_errors++; fail(); } });
    image.src = url;
  }

  function fail() {
    forget();
    runs++;
    release();
    covered(element("p", {}, say("media_failed")), button("retry", begin, "primary"), button("skip", tell.skip));
  }

  // An animated picture stops as a canvas, and begins again when it is loaded again.
  function togglePicture(paused) {
    const { shown } = view;
    if (shown instanceof HTMLImageElement && shown.complete && paused) {
      const still = element("canvas", { width: shown.naturalWidth, height: shown.naturalHeight });
      still.getContext("2d").drawImage(shown, 0, 0);
      still.moving = shown;
      swap(still);
    } else if (shown && shown.moving && !paused) {
      swap(shown.moving);
    }
  }

  function swap(media) {
    view.shown.replaceWith(media);
    view.shown = media;
  }

  function release() {
    if (view.shown) view.shown.remove();
    if (view.shown instanceof HTMLVideoElement) { view.shown.pause(); view.shown.removeAttribute("src"); view.shown.load(); }
    view.shown = null;
  }

  function stop() {
    stopped = true;
    forget();
    release();
  }

  return view;
}
