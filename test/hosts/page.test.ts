import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBundle, startService, temporaryDirectory, until } from '../service/running.ts'
import type { RunningService } from '../service/running.ts'
import { Chromium } from './chromium.ts'
import type { Page } from './chromium.ts'

// The status page in a real browser, from a real service with an hour behind it. With SCREENSHOTS=directory the pictures
// are kept there.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const LOOKS = [
  { name: 'desktop, light', width: 1280, height: 900, scheme: 'light' },
  { name: 'desktop, dark', width: 1280, height: 900, scheme: 'dark' },
  { name: 'phone, light', width: 390, height: 844, scheme: 'light', phone: true },
  { name: 'phone, dark', width: 390, height: 844, scheme: 'dark', phone: true },
] as const

const directory = temporaryDirectory()
let service: RunningService
let browser: Chromium

beforeAll(async () => {
  buildBundle('--if-stale')
  mkdirSync(join(directory.path, 'state'))
  writeFileSync(join(directory.path, 'state/history.json'), JSON.stringify(anHour()))
  service = await startService({ directory: directory.path, env: { REQUEST_TIMEOUT_SECONDS: '5' } })
  browser = await Chromium.start()
})

afterAll(async () => {
  await browser?.close()
  await service?.[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

async function opened(look: (typeof LOOKS)[number] = LOOKS[0]): Promise<Page> {
  const page = await browser.open('about:blank')
  await page.show(look)
  await page.go(service.url)
  await until(
    () =>
      page.evaluate<boolean>(
        `document.querySelectorAll('path.series').length >= 4 && document.querySelectorAll('#workers tr').length === 2`,
      ),
    'the figures',
  )
  return page
}

describe.each(LOOKS)('$name', (look) => {
  test('shows its figures without a complaint of the browser, fits the screen and is accessible', async () => {
    const page = await opened(look)
    await keep(look.name, page)
    expect(page.complaints).toEqual([])
    expect(await page.evaluate(`document.getElementById('status').textContent`)).toBe('Healthy')
    expect(
      await page.evaluate<number>(
        'document.scrollingElement.scrollWidth - document.documentElement.clientWidth',
      ),
    ).toBeLessThanOrEqual(0)
    expect(await violations(page)).toEqual([])
  })
})

test('tells of what has failed, by its route and the id that the log knows', async () => {
  const page = await opened()
  const shown = () => page.evaluate<string>(`document.getElementById('recent-errors').textContent`)
  expect(await shown()).toBe('')
  // A client that does not send what it has promised.
  const answer = await new Promise<string>((done, fail) => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
      socket.write(
        'POST /api/echo HTTP/1.1\r\nHost: page\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
      )
    })
    socket.once('data', (bytes) => {
      socket.destroy()
      done(bytes.toString())
    })
    socket.on('error', fail)
  })
  expect(answer).toContain('503 Service Unavailable')
  const id = /x-request-id: (\S+)/i.exec(answer)![1]!
  await expect.poll(shown, { timeout: 20_000 }).toContain(id)
  expect(await shown()).toContain('/api/echo')
  expect(await page.evaluate(`document.getElementById('no-errors').checkVisibility()`)).toBe(false)
  expect(page.complaints).toEqual([])
  expect(await violations(page)).toEqual([])
})

test('is usable by keyboard alone, and shows where the focus is', async () => {
  const page = await opened()
  const focused = () => page.evaluate<string>(`document.activeElement.id || document.activeElement.className`)
  const outlined = () =>
    page.evaluate<boolean>(
      `(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none')(getComputedStyle(document.activeElement))`,
    )
  await page.press('Tab')
  expect(await focused()).toBe('skip')
  expect(await outlined()).toBe(true)
  await page.press('Enter')
  expect(await focused()).toBe('main')
  await page.press('Tab')
  expect(await focused()).toBe('scrub')
  expect(await outlined()).toBe(true)
  const readings = () =>
    page.evaluate<string>(`[...document.querySelectorAll('.reading')].map((each) => each.textContent).join()`)
  const now = await readings()
  await page.press('Home')
  expect(await page.evaluate(`document.getElementById('scrub').value`)).toBe('0')
  for (let step = 0; step < 30; step += 1) await page.press('ArrowRight')
  expect(await readings()).not.toBe(now)
  expect(await page.evaluate(`document.getElementById('scrub').getAttribute('aria-valuetext')`)).toMatch(
    /\d\d:\d\d/,
  )
  await page.press('Tab')
  expect(await focused()).toBe('scroll')
  expect(await outlined()).toBe(true)
})

test('keeps the theme that a visitor chose, against what the system prefers', async () => {
  const page = await opened()
  const background = () => page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`)
  const light = await background()
  await page.evaluate(
    `(() => { const select = document.getElementById('theme'); select.value = 'dark'; select.dispatchEvent(new Event('change')) })()`,
  )
  const dark = await background()
  expect(dark).not.toBe(light)
  const again = await opened()
  expect(await again.evaluate<string>(`getComputedStyle(document.body).backgroundColor`)).toBe(dark)
  await again.evaluate(`localStorage.clear()`)
})

test('says that the service is in maintenance, and when it is back', async () => {
  const page = await opened()
  const pill = () => page.evaluate<string>(`document.getElementById('status').textContent`)
  await service.admin().maintenance.on.mutate({})
  await expect.poll(pill, { timeout: 20_000 }).toBe('In maintenance')
  await service.admin().maintenance.off.mutate()
  await expect.poll(pill, { timeout: 20_000 }).toBe('Healthy')
})

/** What an accessibility check has to say. */
async function violations(page: Page): Promise<{ id: string; nodes: string[] }[]> {
  await page.evaluate(axe)
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`,
  )
}

/** A calm hour with a busy quarter and a short outage in it. */
function anHour(): object[] {
  const now = Date.now()
  return Array.from({ length: 360 }, (_, index) => {
    const wave = Math.sin(index / 20)
    const busy = index > 200 && index < 290 ? 4 : 1
    return {
      time: now - (360 - index) * 10_000,
      cpu: Math.round(20 + 8 * wave + 10 * busy),
      memory: 41 + busy,
      requests: index > 120 && index < 130 ? 0 : Math.round(40 * busy + 12 * wave),
      errors: index > 210 && index < 230 ? 3 : 0,
      p50: index > 120 && index < 130 ? null : 2 + busy,
      p95: index > 120 && index < 130 ? null : 9 + 6 * busy + wave,
    }
  })
}

async function keep(name: string, page: Page): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name.replace(', ', '-')}.png`), await page.screenshot())
}
