import { setTimeout } from 'node:timers/promises'
import { Files } from '../host/files.ts'
import type { Doubt } from '../host/doubts.ts'
import { type AnyEffect, matches, State } from '../host/state.ts'
import { content } from '../resources/content.ts'
import { identity } from '../resources/identity.ts'
import { type AnyResource, resource, resourceId } from '../resources/resource.ts'
import { user } from '../resources/user.ts'
import { type Become, type Connection, type Session, Unreachable } from '../transport/session.ts'
import { addTraffic, noTraffic } from '../transport/traffic.ts'
import type { Node, Task } from '../source/model.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { TaskReference } from './events.ts'
import { Journal } from './journal.ts'
import type { Position } from './position.ts'
import { readFrame } from './read-frame.ts'

/** A prediction that the host did not bear out. */
export interface Misprediction {
  readonly task: TaskReference
  readonly resource: string
  readonly predicted: string
  readonly observed: string
}

/** Where a host is connected from: variables and keywords that say how. */
export interface Place {
  readonly scope: Scope
  readonly node: Node
}

/** Connects to a host as the variables and keywords around a task say. */
export type Connect = (scope: Scope, node: Node) => Promise<Connection>

/** What sets apart the connection that a task needs from others to the same host. */
export type Identify = (scope: Scope, node: Node) => string

interface Unverified {
  readonly effect: AnyEffect
  readonly task: TaskReference
  readonly become: Become | undefined
  /** Where it was changed from, unless as usual. */
  readonly place: Place | undefined
}

/** What a frame has read. */
interface Reading {
  readonly resources: readonly AnyResource[]
  readonly values: readonly unknown[]
}

// A digest tells as much as the content, and need not be sent.
function isVerified({ resource, value }: AnyEffect): boolean {
  return !(value instanceof Unknown) && resource.kind !== content
}

/** What a run knows of one host, from its first task to its last. */
export class HostRun {
  readonly name: string
  readonly state = new State()
  readonly files = new Files(this.state)
  /** What `setup` found, without the `ansible_` prefix; undefined until facts were gathered. */
  facts: Dict | undefined
  /** Names of the facts that anything has asked for; undefined where nobody wants to know. `*`: all of them. */
  factsUsed: Set<string> | undefined
  /** `set_fact` and `register`. */
  readonly variables = new Map<string, Value>()
  /** `set_fact` with `cacheable`, which stands lower. */
  readonly cachedFacts = new Map<string, Value>()
  /** `include_vars`. */
  readonly includedVariables = new Map<string, Value>()
  /** Handlers that are owed, by their task, with what made it so; `maybe` when that was unknown. */
  readonly notified = new Map<Task, { readonly by: TaskReference; readonly maybe?: Unknown }>()
  /** Of these, those that have failed, and those that have run in this play. */
  readonly failedHandlers = new Map<object, { readonly by: TaskReference }>()
  readonly handled = new Set<object>()
  /** What earlier runs owe. */
  readonly journal: Journal
  /** Roles of which a task has run in this play, and those that have run to their end, by the key of their use. */
  readonly begunRoles = new Set<string>()
  readonly doneRoles = new Set<string>()
  /** How often `clear_host_errors` was said. */
  cleared = 0
  /** What went through connections that are closed by now. */
  readonly traffic = noTraffic()
  /** Whether a connection has ever come about. */
  reached = false
  /** The task it is at, in the play that is under way. */
  position: Position = []
  /** Whether it may be changed by what others do at a task that it has come past. */
  isAwaiting = false
  /** A change that may touch anything may have started what goes on by itself (a daemon that comes up). */
  isStirring = false
  /** Set when the host has left the run. */
  lost: 'failed' | 'unreachable' | 'ended' | undefined
  /** What a dry run has predicted here so far, for those who look at the world afterwards. */
  pending: { readonly what: string; readonly task: TaskReference }[] = []

  /** Where it is connected from: the task at hand, whose variables and keywords say how. */
  place: Place | undefined
  readonly #inventoryLayers: () => readonly Layer[]
  readonly #connect: Connect
  readonly #interruption = new AbortController()
  readonly #identify: Identify
  /** By what sets them apart: a task may log in as another user than the one before. */
  readonly #connections = new Map<string, Promise<Connection>>()
  #elsewhere: HostRun | undefined
  #identity: string | undefined
  readonly #reachedBy = new Set<string>()
  readonly #unverified = new Map<string, Unverified>()
  #beforeSupposing: { readonly state: State; readonly revision: number; readonly pending: number } | undefined

  /** @param journal where the host keeps what failed runs owe it; empty: nowhere */
  constructor(
    name: string,
    inventoryLayers: () => readonly Layer[],
    connect: Connect,
    journal = '',
    identify: Identify = () => '',
  ) {
    this.name = name
    this.#identify = identify
    this.journal = new Journal(journal)
    this.#inventoryLayers = inventoryLayers
    this.#connect = connect
  }

  /** Inventory and `group_vars`/`host_vars` layers, highest first. */
  get inventoryLayers(): readonly Layer[] {
    return this.#inventoryLayers()
  }

  /** `ansible_facts` */
  get shownFacts(): Dict {
    const facts = this.facts ?? {}
    return this.factsUsed ? noting(facts, this.factsUsed) : facts
  }

  /** @param place that of a task delegated to the host, which may log in in a way of its own. @default the host's own */
  connection(place = this.place): Promise<Connection> {
    if (!place) throw new Error(`${this.name} was to be reached before any task was at it`)
    const { scope, node } = place
    const identity = this.#identify(scope, node)
    // What was read under another login, or before another play's `connection`, may look different.
    if (this.#identity !== undefined && this.#identity !== identity) this.forgetAll()
    this.#identity = identity
    const known = this.#connections.get(identity) ?? this.#open(scope, node)
    this.#connections.set(identity, known)
    return known
  }

  #open(scope: Scope, node: Node): Promise<Connection> {
    const { signal } = this.#interruption
    const opening = this.#connect(scope, node)
    // Nobody waits for one that comes too late.
    void opening.then((late) => (signal.aborted ? late.close() : undefined)).catch(() => undefined)
    const interrupted = new Promise<never>((_, fail) => {
      const leave = (): void => fail(new Unreachable('the run was interrupted'))
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
    })
    return Promise.race([opening, interrupted])
  }

  /** Ends what is under way on the host, and lets nothing more begin. */
  async interrupt(): Promise<void> {
    this.#interruption.abort()
    await this.#elsewhere?.interrupt()
    await this.disconnect()
  }

  /** The other machine that tasks may be for, which say another `connection` than the play: with a state of its own. */
  get elsewhere(): HostRun {
    return (this.#elsewhere ??= new HostRun(
      this.name,
      this.#inventoryLayers,
      this.#connect,
      '',
      this.#identify,
    ))
  }

  /** Whether the connection that was last asked for has ever come about: then it can be lost. */
  get canBeLost(): boolean {
    return this.#reachedBy.has(this.#identity ?? '')
  }

  async session(become: Become | undefined, place?: Place): Promise<Session> {
    const session = await (await this.connection(place)).session(become)
    this.reached = true
    this.#reachedBy.add(this.#identity ?? '')
    return session
  }

  /**
   * What is to be done on the host even where the run is interrupted: over a connection of its own then, and soon.
   *
   * @throws {Unreachable} when it cannot be done in time
   */
  async lastly<Result>(
    become: Become | undefined,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    if (!this.#interruption.signal.aborted) return await work(await this.session(become))
    if (!this.place) throw new Error(`${this.name} was to be reached before any task was at it`)
    const opening = this.#connect(this.place.scope, this.place.node)
    const close = () => void opening.then((each) => each.close()).catch(() => undefined)
    const late = setTimeout(LAST_SECONDS * 1000, undefined, { ref: false }).then(() => {
      throw new Unreachable(`the host did not answer within ${LAST_SECONDS} seconds`)
    })
    const working = opening.then((connection) => connection.session(become)).then(work)
    return await Promise.race([working, late]).finally(close)
  }

  /** Ends what sessions there are of a user to become, who is to go. */
  async leave(user: string): Promise<void> {
    for (const opening of this.#connections.values()) await (await opening).leave(user)
  }

  /** Drops the connection; the next use makes a new one. */
  async disconnect(): Promise<void> {
    // Who logs in anew may be in other groups by now.
    for (const key of this.state.observedKeys(identity)) this.state.forget(resource(identity, key))
    const opening = [...this.#connections.values()]
    this.#connections.clear()
    await this.#elsewhere?.disconnect()
    for (const connection of await Promise.all(opening.map((each) => each.catch(() => undefined)))) {
      if (!connection) continue
      addTraffic(this.traffic, connection.traffic)
      await connection.close().catch(() => undefined)
    }
  }

  /** Reads resources in one frame, together with what is still to be verified. */
  async read(
    wanted: readonly AnyResource[],
    become: Become | undefined,
    place?: Place,
  ): Promise<Misprediction[]> {
    const verify = [...this.#unverified.values()].filter(
      (each) => this.#viewer(each) === this.#viewer({ become, place }),
    )
    const resources = [...wanted, ...verify.map(({ effect }) => effect.resource)]
    if (resources.length === 0) return []
    const answer = await this.#ask([...resources, ...this.journal.wanted(become)], become, place)
    this.journal.take(answer.resources, answer.values, become)
    return this.#takeIn(answer)
  }

  /**
   * Reads behind a change that is under way.
   *
   * @param effects what the change does, which is looked at again
   * @returns takes in what was read, once the change has been `applied`; nothing may have been changed since
   */
  async readBehind(
    wanted: readonly AnyResource[],
    effects: readonly AnyEffect[],
    become: Become | undefined,
    place?: Place,
  ): Promise<() => Misprediction[]> {
    const resources = [...wanted, ...effects.filter(isVerified).map((each) => each.resource)]
    if (resources.length === 0) return () => []
    const answer = await this.#ask(resources, become, place)
    return () => this.#takeIn(answer)
  }

  async #ask(
    wanted: readonly AnyResource[],
    become: Become | undefined,
    place: Place | undefined,
  ): Promise<Reading> {
    const frame = readFrame(wanted)
    const session = await this.session(this.isForetold(become) ? { ...become!, user: 'root' } : become, place)
    const { stdout } = await session.run({ script: frame.script })
    return { resources: frame.resources, values: frame.parse(stdout) }
  }

  #takeIn({ resources, values }: Reading): Misprediction[] {
    const mispredictions = this.#verify(resources, values)
    this.state.observe(resources, values)
    return mispredictions
  }

  /** Takes in what a change has done; what it predicted is looked at again with the next read. */
  applied(
    effects: readonly AnyEffect[],
    task: TaskReference,
    become: Become | undefined,
    place?: Place,
  ): void {
    this.state.apply(effects.filter(({ value }) => !(value instanceof Unknown)))
    for (const effect of effects) {
      if (effect.value instanceof Unknown) this.state.forget(effect.resource)
      else if (isVerified(effect)) {
        this.#unverified.set(resourceId(effect.resource), { effect, task, become, place })
      }
    }
    // What an earlier change made and this one undid (a directory with what was in it) is not looked for.
    for (const [id, { effect }] of this.#unverified) {
      const { kind, key } = effect.resource
      if (this.state.predicted(kind, key) !== effect.value) this.#unverified.delete(id)
    }
  }

  /** Something whose effect cannot be computed would have run by now. */
  doubt(doubt: Doubt, task: TaskReference): void {
    this.state.doubt(doubt)
    this.pending.push({ what: doubt.because.because[0]?.what ?? task.name, task })
  }

  /** What is predicted from here on is not to last: tasks with `check_mode: true` see it of one another, nobody else. */
  suppose(): void {
    const { state, pending } = this
    this.#beforeSupposing ??= { state: state.fork(), revision: state.revision, pending: pending.length }
  }

  /** Goes back to what is known without what was supposed. */
  endSupposing(): void {
    const before = this.#beforeSupposing
    this.#beforeSupposing = undefined
    if (!before || before.revision === this.state.revision) return
    this.state.restore(before.state)
    this.pending.length = before.pending
  }

  /** Whether the user to become is only foretold to be there: what they would see, root looks at for them. */
  isForetold(become: Become | undefined): boolean {
    if (become === undefined || this.state.observed(user, become.user) !== null) return false
    return this.state.isForetold(user, become.user)
  }

  /** Something ran that may have touched anything. */
  forgetAll(): void {
    this.state.forgetAll()
    this.#unverified.clear()
    this.isStirring = false
  }

  /** Something was looked at, and so perhaps waited for, that may have come about only since it was read. */
  comeToRest(): void {
    if (!this.isStirring) return
    this.state.forgetObserved()
    this.isStirring = false
  }

  /** Looks again at whatever was changed and not looked at since. */
  async verify(): Promise<Misprediction[]> {
    const found: Misprediction[] = []
    for (const { become, place } of new Map(
      [...this.#unverified.values()].map((each) => [this.#viewer(each), each]),
    ).values()) {
      found.push(...(await this.read([], become, place)))
    }
    return found
  }

  // What one user may read another may not; root sees everything, however they logged in.
  #viewer({ become, place }: Pick<Unverified, 'become' | 'place'>): string {
    const user = become?.user ?? ''
    return user === 'root' || !place ? user : `${user} ${this.#identify(place.scope, place.node)}`
  }

  #verify(resources: readonly AnyResource[], values: readonly unknown[]): Misprediction[] {
    const found: Misprediction[] = []
    for (const [index, resource] of resources.entries()) {
      const expectation = this.#unverified.get(resourceId(resource))
      if (!expectation) continue
      const predicted: unknown = expectation.effect.value
      if (!matches(resource.kind, predicted, values[index])) {
        const describe = (value: unknown) => resource.kind.describe?.(value) ?? JSON.stringify(value)
        found.push({
          task: expectation.task,
          resource: resourceId(resource),
          predicted: describe(predicted),
          observed: describe(values[index]),
        })
      }
      this.state.correct(resource, values[index])
      this.#unverified.delete(resourceId(resource))
    }
    return found
  }
}

/** How long an interrupted run may take with a host before it leaves it. */
const LAST_SECONDS = 10

/** The same dictionary, noting which of its keys are asked for. */
function noting(dict: Dict, used: Set<string>): Dict {
  const note = (key: string | symbol) => {
    if (typeof key === 'string') used.add(key)
  }
  return new Proxy(dict, {
    get: (target, key) => {
      note(key)
      return Reflect.get(target, key)
    },
    has: (target, key) => {
      note(key)
      return Reflect.has(target, key)
    },
    getOwnPropertyDescriptor: (target, key) => {
      note(key)
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
    ownKeys: (target) => {
      used.add('*')
      return Reflect.ownKeys(target)
    },
  })
}
