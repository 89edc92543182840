/**
 * Random numbers in [0, 1) that a seed repeats (mulberry32).
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed that the environment variable asks for, else a new one; told, so that a failure can be repeated. */
export function tellSeed(variable: string): number {
  const seed = Number(process.env[variable] || Math.floor(Math.random() * 1e9));
  console.log(`${variable}=${seed}`);
  return seed;
}
