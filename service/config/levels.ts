/** The levels of the log, from all to almost nothing. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export type Level = (typeof levels)[number]
