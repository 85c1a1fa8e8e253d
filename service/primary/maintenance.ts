import * as z from 'zod'
import type { Maintenance } from '../ipc/messages.ts'

export const NO_MAINTENANCE: Maintenance = {
  enabled: false,
  message: 'The service is being maintained and will be back soon.',
  retryAfterSeconds: 120,
  since: null,
}

const schema = z.object({
  enabled: z.boolean(),
  message: z.string(),
  retryAfterSeconds: z.number(),
  since: z.string().nullable(),
})

/** A maintenance state as it was saved, or undefined if it is none. */
export function acceptMaintenance(value: unknown): Maintenance | undefined {
  return schema.safeParse(value).data
}
