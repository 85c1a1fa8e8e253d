/**
 * Thrown where a computation cannot go on yet: something has to be read, or others have to be waited for. Whoever
 * computes sees to it and computes again; nobody between takes it for a mistake.
 */
export class NotYet extends Error {}
