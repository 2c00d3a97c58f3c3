// Orders that anybody can make again from their seed; the twin of crowd/ordering.py.
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

function itemOrder(windows, seed, checks) {
  const items = shuffled(windows, seed).flatMap((window, place) => shuffled(window, (seed + place + 1) >>> 0));
  checks.forEach((check, number) => {
    const places = Array.from({ length: Math.max(1, items.length - 1) }, (_, place) => place + 1);
    items.splice(shuffled(places, (seed - number - 1) >>> 0)[0], 0, check);
  });
  return items;
}
