import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** What a page complained of: its console, its exceptions, what the browser logged of it. */
export interface Complaint {
  readonly kind: string
  readonly text: string
}

type Parameters = Record<string, unknown>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly params?: Parameters
  readonly result?: Parameters
  readonly error?: { readonly message: string }
}

/** A headless Chromium, spoken to in its own protocol. */
export class Chromium {
  readonly #process: ChildProcess
  readonly #directory: string
  readonly #socket: WebSocket
  readonly #pending = new Map<number, (message: Message) => void>()
  readonly #listeners = new Map<string, (method: string, params: Parameters) => void>()
  #nextId = 1

  private constructor(child: ChildProcess, directory: string, socket: WebSocket) {
    this.#process = child
    this.#directory = directory
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message))
  }

  /** Starts the browser of this machine; installs Debian's where there is none. Throws when there is none to be had. */
  static async start(): Promise<Chromium> {
    const program = findBrowser() ?? installBrowser()
    const directory = mkdtempSync(join(tmpdir(), 'chromium-'))
    const child = spawn(
      program,
      [
        '--headless=new',
        // Tests run as root, where Chromium has no sandbox; it opens nothing but the service's own page.
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--hide-scrollbars',
        '--remote-debugging-port=0',
        `--user-data-dir=${directory}`,
        'about:blank',
      ],
      { stdio: 'ignore' },
    )
    const address = await debuggerAddress(child, join(directory, 'DevToolsActivePort'))
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true })
      socket.addEventListener('error', () => reject(new Error(`no answer at ${address}`)), { once: true })
    })
    return new Chromium(child, directory, socket)
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page((method, params) => this.send(method, params, String(sessionId)))
    this.#listeners.set(String(sessionId), (method, params) => page.receive(method, params))
    await page.go(url)
    return page
  }

  send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    const id = this.#nextId++
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }))
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`))
        else resolve(result ?? {})
      })
    })
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('close', resolve))
    await this.send('Browser.close').catch(() => {})
    await Promise.race([gone, setTimeout(5000)])
    this.#process.kill('SIGKILL')
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#pending.get(message.id)?.(message)
      this.#pending.delete(message.id)
    } else if (message.method !== undefined && message.sessionId !== undefined)
      this.#listeners.get(message.sessionId)?.(message.method, message.params ?? {})
  }
}

/** One page of the browser. */
export class Page {
  readonly complaints: Complaint[] = []
  readonly #send: (method: string, params?: Parameters) => Promise<Parameters>

  constructor(send: (method: string, params?: Parameters) => Promise<Parameters>) {
    this.#send = send
  }

  async go(url: string): Promise<void> {
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#send(`${domain}.enable`)
    await this.#send('Page.navigate', { url })
  }

  /** As a device of that size with that preference; `phone`: with a touch screen. */
  async show(look: {
    width: number
    height: number
    scheme: 'light' | 'dark'
    phone?: boolean
  }): Promise<void> {
    const { width, height, scheme, phone = false } = look
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: phone ? 2 : 1,
      mobile: phone,
    })
    await this.#send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    })
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined)
      throw new Error(`${expression.slice(0, 80)}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { value: T }).value
  }

  async press(key: string, code = key): Promise<void> {
    const text = key === 'Enter' ? '\r' : undefined
    const windowsVirtualKeyCode = KEYS[key]
    const event = { key, code, windowsVirtualKeyCode, ...(text === undefined ? {} : { text }) }
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }

  /** The whole page as a PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { captureBeyondViewport: true })
    return Buffer.from(String(data), 'base64')
  }

  receive(method: string, params: Parameters): void {
    if (method === 'Runtime.exceptionThrown')
      this.complaints.push({ kind: 'exception', text: JSON.stringify(params['exceptionDetails']) })
    if (
      method === 'Runtime.consoleAPICalled' &&
      ['error', 'warning', 'assert'].includes(String(params['type']))
    )
      this.complaints.push({ kind: 'console', text: JSON.stringify(params['args']) })
    if (method === 'Log.entryAdded') {
      const { level, text, url } = params['entry'] as { level: string; text: string; url?: string }
      if (level === 'error' || level === 'warning')
        this.complaints.push({ kind: 'log', text: `${text} ${url ?? ''}` })
    }
  }
}

const KEYS: Record<string, number> = { Tab: 9, Enter: 13, End: 35, Home: 36, ArrowLeft: 37, ArrowRight: 39 }

function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}

function installBrowser(): string {
  process.stderr.write(
    'There is no Chromium here; installing the one of Debian (apt-get install chromium).\n',
  )
  try {
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch (error) {
    throw new Error('there is no Chromium, and none could be installed: the status page is not tested', {
      cause: error,
    })
  }
  return findBrowser() ?? 'chromium'
}

async function debuggerAddress(child: ChildProcess, file: string): Promise<string> {
  const end = Date.now() + 60_000
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`Chromium ended with status ${child.exitCode}`)
    const [port, path] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    if (port !== undefined && path !== undefined) return `ws://127.0.0.1:${port}${path}`
    await setTimeout(50)
  }
  throw new Error('Chromium did not start within a minute')
}
