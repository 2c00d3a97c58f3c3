// Orders that anybody can make again from their seed; the twin of crowd/task/ordering.py.
function seedOf(...parts) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(parts.join("/"))) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

function shuffled(values, seed) {
  const result = [...values];
  let state = seed | 0;
  for (let last = result.length - 1; last > 0; last--) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const other = Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

function optionOrder(options, seed) {
  return [...shuffled(options.slice(0, -2), seed), ...options.slice(-2)];
}

// Part after part, in each the windows in random order, and in each window its items; the checks between them.
const APART = 0x10000;

function itemOrder(parts, seed, checks) {
  const items = parts.flatMap((windows, part) => {
    const start = (seed + part * APART) >>> 0;
    return shuffled(windows, start).flatMap((window, place) => shuffled(window, (start + place + 1) >>> 0));
  });
  checks.forEach((check, number) => {
    const places = Array.from({ length: Math.max(1, items.length - 1) }, (_, place) => place + 1);
    items.splice(shuffled(places, (seed - number - 1) >>> 0)[0], 0, check);
  });
  return items;
}

// The clips of an item from left to right, as places in its list. All pairs of a participant are turned, or none.
function shownOrder(number, key, seed, worker) {
  const places = Array.from({ length: number }, (_, place) => place);
  return shuffled(places, number === 2 ? seedOf("sides", seed, worker) : seedOf("sides", seed, worker, key));
}

// Questions in random order; one that depends on another follows it.
function questionOrder(questions, seed) {
  const after = (id) => questions.filter((one) => one.ask_if && one.ask_if.question === id).flatMap((one) => [one, ...after(one.id)]);
  const known = questions.map((one) => one.id);
  const free = questions.filter((one) => !one.ask_if || !known.includes(one.ask_if.question));
  return shuffled(free, seed).flatMap((one) => [one, ...after(one.id)]);
}
