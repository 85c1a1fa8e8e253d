import type { Answers, Question, ToPrimary, ToWorker } from '../ipc/messages.ts'

/** How long an answer is good for, milliseconds: many visitors of the status page cost the primary little. */
const fresh: Record<Question, number> = { overview: 1000, history: 1000, prometheus: 0 }

const PATIENCE_MS = 5000

interface Pending {
  resolve: (value: Answers[Question]) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/** Asks the primary what only it knows. */
export class PrimaryLink {
  readonly #tell: (message: ToPrimary) => void
  readonly #pending = new Map<number, Pending>()
  readonly #recent = new Map<Question, { at: number; answer: Promise<Answers[Question]> }>()
  #nextId = 1

  constructor(tell: (message: ToPrimary) => void) {
    this.#tell = tell
  }

  /** Rejects when the primary refuses or does not answer within five seconds. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q]> {
    const recent = this.#recent.get(question)
    if (recent !== undefined && Date.now() - recent.at < fresh[question])
      return recent.answer as Promise<Answers[Q]>
    const answer = this.#send(question)
    this.#recent.set(question, { at: Date.now(), answer })
    answer.catch(() => this.#recent.delete(question))
    return answer as Promise<Answers[Q]>
  }

  receive(message: Extract<ToWorker, { type: 'answer' | 'refusal' }>): void {
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    this.#pending.delete(message.id)
    clearTimeout(pending.timer)
    if (message.type === 'answer') pending.resolve(message.value)
    else pending.reject(new Error(message.message))
  }

  #send(question: Question): Promise<Answers[Question]> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new Error(`the primary did not answer "${question}" in time`))
      }, PATIENCE_MS)
      this.#pending.set(id, { resolve, reject, timer })
      this.#tell({ type: 'ask', id, question })
    })
  }
}
