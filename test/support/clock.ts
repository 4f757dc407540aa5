/** A clock that does not wait: it remembers for how long it was to. */
export function fakeClock(start = 1_700_000_000_000) {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
