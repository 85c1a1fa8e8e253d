import { editDistance } from '../variables/edit-distance.ts'

/**
 * The candidate that `word` most probably means, or undefined when none is near: at most one typing mistake (a letter
 * too many, too few, wrong, or two swapped) for every three letters.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().replaceAll('-', '_')
  // In one or two letters a mistake leaves nothing to go by.
  const limit = word.length < 3 ? 0 : Math.floor(word.length / 3)
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `did you mean 'copy'?`, or undefined when nothing is near. */
export function suggestion(word: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(word, candidates)
  return found === undefined ? undefined : `did you mean '${found}'?`
}
