import type { Response } from 'express'

/** Answers with JSON that must not be kept. Does without what Express looks at first, which takes as long as the rest. */
export function sendJson(res: Response, value: unknown): void {
  // As text, which Node writes together with the head; bytes would be a write of their own.
  const body = JSON.stringify(value)
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(body))
  res.setHeader('Cache-Control', 'no-store')
  res.end(res.req.method === 'HEAD' ? undefined : body)
}
