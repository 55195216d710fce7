const FIRST = 1_000
const LONGEST = 30_000

/** How long to wait after so many failures in a row: twice as long each time, and nobody at the same moment as others. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (failures - 1))
  return ceiling / 2 + (random() * ceiling) / 2
}
