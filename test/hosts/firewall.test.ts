import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')

// Two web hosts, one of each release, and one that watches them.
const web = ['bookworm', 'trixie'] as const
const watcher = 'watcher'
const all = [...web, watcher]

describe('the firewall', () => {
  const machines = new Machines()
  const address = (name: string) => machines.host(name).address
  let play: string

  beforeAll(async () => {
    await machines.upInGroups({ web, monitoring: [watcher] }, [
      ...web.map((suite) => ({ name: suite, suite })),
      { name: watcher, suite: 'trixie' },
    ])
    play = machines.write(
      'play.yml',
      `
- hosts: web
  become: true
  vars:
    firewall_spare_control: true
    firewall_ban_time: 20s
    firewall_ban_retries: 3
    firewall_extra_rules:
      - { port: 7001, from: '${address(watcher)}', comment: By address }
      - { port: 7002, on_groups: [nobody], comment: Elsewhere }
  roles: [${roles}/firewall, ${roles}/nginx]
- hosts: monitoring
  become: true
  vars: { firewall_fail2ban: false, firewall_spare_control: true }
  roles: [${roles}/firewall]
`,
    )
    // What listens is not the matter here: one server for the ports of the service and of the node exporter each.
    const serve = (port: number) =>
      `systemd-run --quiet --working-directory=/var/empty.d python3 -m http.server --bind :: ${port}`
    const run = await machines.play(play)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
    await Promise.all(
      all.map((name, index) =>
        machines.ssh(
          name,
          `mkdir -p /var/empty.d; ${[5000, 7001, 7002, 9100].map(serve).join('; ')}; ip -6 address add fd00:5::${index + 1}/64 dev eth0 nodad`,
        ),
      ),
    )
  })
  afterAll(() => machines.down())

  /** Whether one machine can open a port of another, by its address or another one. */
  const reaches = async (from: string, to: string, port: number, host = address(to)) =>
    (await machines.ssh(
      from,
      `timeout 2 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`,
    )) === 'yes\n'

  test('changes nothing when it is as the rules want it', async () => {
    const run = await machines.play(play)
    for (const name of all) expect(recap(run, name), run.stdout).toMatchObject({ changed: 0, failed: 0 })
  })

  test('lets the hosts of the monitoring group scrape, and nobody else', async () => {
    for (const name of web) {
      expect(await reaches(watcher, name, 9100), name).toBe(true)
      expect(await reaches(watcher, name, 5000), name).toBe(true)
    }
    expect(await reaches('bookworm', 'trixie', 9100)).toBe(false)
    expect(await reaches('bookworm', watcher, 9100)).toBe(false)
  })

  test("lets the web hosts reach each other's service", async () => {
    expect(await reaches('bookworm', 'trixie', 5000)).toBe(true)
    expect(await reaches('trixie', 'bookworm', 5000)).toBe(true)
    expect(await reaches('trixie', watcher, 5000)).toBe(false)
  })

  test('opens a port to an address alone, and on the hosts of a group alone', async () => {
    expect(await reaches(watcher, 'bookworm', 7001)).toBe(true)
    expect(await reaches('trixie', 'bookworm', 7001)).toBe(false)
    expect(await reaches(watcher, 'bookworm', 7002)).toBe(false)
  })

  test('holds for IPv6', async () => {
    for (const [index, name] of web.entries()) {
      const six = `fd00:5::${index + 1}`
      expect(await reaches(watcher, name, 80, six), name).toBe(true)
      expect(await reaches(watcher, name, 9100, six), name).toBe(false)
    }
  })

  test('limits new connections to ssh, but not those of the machine that plays come from', async () => {
    const attempts = (host: string) =>
      `for i in 1 2 3 4 5 6 7 8; do timeout 2 bash -c '</dev/tcp/${host}/22' 2>/dev/null && echo yes || echo no; done`
    for (const name of web) {
      const answers = await machines.ssh(watcher, attempts(address(name)))
      expect(answers.split('\n').slice(0, 5), name).toEqual(Array(5).fill('yes'))
      expect(answers).toMatch(/no\n$/)
    }
    for (let count = 0; count < 8; count++) await machines.fresh('bookworm', 'true')
  })

  describe('drops a host that leaves the group', () => {
    test('in a dry run', async () => {
      const run = await machines.play(
        play,
        '--check',
        '--diff',
        '-l',
        'web',
        '-e',
        'firewall_monitoring_group=none',
      )
      expect(run.stdout).toContain(
        `-allow from ${address(watcher)} to any port 9100 proto tcp comment 'Node exporter'`,
      )
    })

    test('and in the run', async () => {
      await machines.play(play, '-l', 'web', '-e', 'firewall_monitoring_group=none', '--tags', 'all')
      for (const name of web) expect(await reaches(watcher, name, 9100), name).toBe(false)
    })
  })

  describe.each(web)('on %s fail2ban', (name) => {
    const banned = async (jail: string) =>
      (await machines.ssh(name, `fail2ban-client get ${jail} banip`)).split(/\s+/).filter(Boolean)
    const until = async (jail: string, whom: string[]) =>
      await expect.poll(() => banned(jail), { timeout: 40_000, interval: 1000 }).toEqual(whom)

    // It says that somebody is banned a moment before they are.
    const isShut = async (port: number) =>
      await expect.poll(() => reaches(watcher, name, port), { timeout: 5000, interval: 200 }).toBe(false)

    test('watches sshd and nginx, and never bans the machine that plays come from', async () => {
      expect(await machines.ssh(name, 'fail2ban-client status')).toMatch(
        /Jail list:\s+nginx-botsearch, nginx-limit-req, sshd/,
      )
      const control = (await machines.ssh(name, 'echo $SSH_CONNECTION')).split(' ')[0]!
      for (const jail of ['sshd', 'nginx-botsearch'])
        expect(await machines.ssh(name, `fail2ban-client get ${jail} ignoreip`)).toContain(control)
    })

    // The limit of new connections would keep sshd from hearing of them at all.
    const forget = 'echo / >/proc/net/xt_recent/DEFAULT'

    /** Has a machine log in by its key until it is banned. */
    const bannedFor = async (from: string, user: string) => {
      await machines.ssh(from, 'test -e guess || ssh-keygen -q -t ed25519 -N "" -f guess')
      const knock = `ssh -i guess -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=3 ${user}@${address(name)} true 2>/dev/null || true`
      const knocked = async () => {
        await machines.ssh(name, forget)
        await machines.ssh(from, knock)
        return banned('sshd')
      }
      const seen = 'journalctl -u ssh -n 40 --no-pager; tail -n 40 /var/log/fail2ban.log'
      await expect
        .poll(knocked, { timeout: 60_000, interval: 2000 })
        .toEqual([address(from)])
        .catch(async (error: unknown) => {
          throw new Error(await machines.ssh(name, seen), { cause: error })
        })
    }

    // A user whom there is not, and one whom there is, each from a machine that has not been banned yet.
    test.each([
      ['intruder', watcher],
      ['root', web.find((each) => each !== name)!],
    ])(
      'bans who tries again and again to log in as %s, and lets them in again afterwards',
      async (user, from) => {
        // The tests before have opened connections only to close them, which counts, too.
        await machines.ssh(name, 'fail2ban-client unban --all')
        await bannedFor(from, user)
        await expect.poll(() => reaches(from, name, 22), { timeout: 5000, interval: 200 }).toBe(false)
        expect(await reaches(from, name, 80)).toBe(true)
        await until('sshd', [])
        await expect.poll(() => reaches(from, name, 22), { timeout: 40_000, interval: 6000 }).toBe(true)
      },
    )

    const ask = (path: string, times: number) =>
      machines.ssh(
        watcher,
        `python3 - <<'END'
import http.client
for i in range(${times}):
    try:
        c = http.client.HTTPConnection('${address(name)}', 80, timeout=5)
        c.request('GET', '${path}')
        c.getresponse().read()
    except OSError:
        break
END`,
      )

    test('bans who keeps asking more than nginx lets through', async () => {
      await ask('/', 450)
      await until('nginx-limit-req', [address(watcher)])
      await isShut(80)
      await until('nginx-limit-req', [])
    })

    test('bans who looks for holes', async () => {
      await ask('/phpmyadmin/index.php', 12)
      await until('nginx-botsearch', [address(watcher)])
      await isShut(80)
    })
  })
})
