import { execFileSync } from 'node:child_process'
import { availableParallelism, hostname, release, userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { facts } from '../../runner/resources/facts.ts'
import { chosen, collectors } from '../../runner/resources/facts/collectors.ts'
import type { Dict } from '../../runner/variables/value.ts'

/** What a host shows: files by path, paths that exist, output of programs by name. */
interface Sight {
  readonly files?: Readonly<Record<string, string>>
  readonly paths?: readonly string[]
  readonly output?: Readonly<Record<string, string>>
}

/** The facts of one collector, from an answer as the script prints it. */
function factsOf(name: string, { files = {}, paths = [], output = {} }: Sight): Dict {
  const lines = Object.entries(files).flatMap(([path, text]) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `${path}\0${line}\n`),
  )
  const outputs = Object.entries(output).map(([program, text]) => `${program}\n${text}`)
  const answer = [lines.join(''), paths.map((path) => `${path}\n`).join(''), ...outputs].join('\0\0\0')
  return facts.parse(Buffer.from(answer), [[name]])[0]!
}

describe('the distribution has the names that Ansible gives it', () => {
  test.each<[string, Record<string, string>, Dict]>([
    [
      'Debian 12, whose minor version stands in a file of its own',
      {
        '/etc/os-release':
          'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian',
        '/etc/debian_version': '12.11',
      },
      {
        distribution: 'Debian',
        distribution_version: '12.11',
        distribution_major_version: '12',
        distribution_minor_version: '11',
        distribution_release: 'bookworm',
        os_family: 'Debian',
      },
    ],
    [
      'Debian testing, which has no version yet',
      {
        '/etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_CODENAME=forky',
        '/etc/debian_version': 'forky/sid',
      },
      { distribution: 'Debian', distribution_version: 'forky/sid', distribution_release: 'forky' },
    ],
    [
      'Ubuntu',
      {
        '/etc/os-release':
          'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble',
      },
      {
        distribution: 'Ubuntu',
        distribution_version: '24.04',
        distribution_major_version: '24',
        os_family: 'Debian',
      },
    ],
    [
      'Rocky Linux, without a code name of its own',
      { '/etc/os-release': 'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nVERSION_ID="9.4"' },
      {
        distribution: 'Rocky',
        distribution_version: '9.4',
        distribution_release: 'Blue Onyx',
        os_family: 'RedHat',
      },
    ],
    [
      'one nobody knows, by what it says it is like',
      { '/etc/os-release': 'NAME="Home Brew"\nID=brew\nID_LIKE="ubuntu debian"\nVERSION_ID=1' },
      { distribution: 'Home Brew', os_family: 'Debian' },
    ],
  ])('%s', (_, files, expected) => {
    expect(factsOf('distribution', { files })).toMatchObject(expected)
  })
})

describe('virtualization is recognised', () => {
  const guest = (type: string, ...also: string[]) => ({
    virtualization_type: type,
    virtualization_role: 'guest',
    virtualization_tech_guest: [type, ...also].sort(),
  })
  test.each<[string, Sight, Dict]>([
    [
      'systemd-nspawn as root sees it',
      {
        files: {
          '/proc/1/environ': 'PATH=/bin\0container=systemd-nspawn\0HOME=/root\0',
          '/run/systemd/container': 'systemd-nspawn',
        },
      },
      guest('container', 'systemd-nspawn'),
    ],
    [
      'systemd-nspawn as others see it',
      { files: { '/run/systemd/container': 'systemd-nspawn' } },
      guest('systemd-nspawn', 'container'),
    ],
    ['docker', { paths: ['/.dockerenv'] }, guest('docker', 'container')],
    ['podman', { paths: ['/run/.containerenv'] }, guest('podman', 'container')],
    ['lxc', { files: { '/proc/1/environ': 'container=lxc\0' } }, guest('lxc', 'container')],
    [
      'a virtual machine of QEMU',
      { files: { '/sys/class/dmi/id/sys_vendor': 'QEMU', '/sys/class/dmi/id/product_name': 'Standard PC' } },
      guest('kvm'),
    ],
    ['VMware', { files: { '/sys/class/dmi/id/product_name': 'VMware Virtual Platform' } }, guest('VMware')],
    [
      'a host of virtual machines',
      { files: { '/proc/modules': 'kvm_intel 4 0 - Live 0x0\nkvm 1 1 kvm_intel, Live 0x0' } },
      { virtualization_type: 'kvm', virtualization_role: 'host', virtualization_tech_guest: [] },
    ],
    [
      'nothing of the kind',
      { files: { '/sys/class/dmi/id/product_name': 'PowerEdge R640' } },
      { virtualization_type: 'NA', virtualization_role: 'NA' },
    ],
  ])('%s', (_, sight, expected) => {
    expect(factsOf('virtual', sight)).toMatchObject(expected)
  })
})

describe('the network', () => {
  const link = (ifname: string, more: object) => ({
    ifname,
    flags: ['UP'],
    mtu: 1500,
    link_type: 'ether',
    address: '02:00:0a:d5:43:0b',
    ...more,
  })
  const eth0 = link('eth0', {
    addr_info: [
      {
        family: 'inet',
        local: '10.213.67.11',
        prefixlen: 20,
        broadcast: '10.213.79.255',
        scope: 'global',
        label: 'eth0',
      },
      { family: 'inet', local: '10.9.9.9', prefixlen: 32, scope: 'global', label: 'eth0:1' },
      { family: 'inet6', local: 'fd00::2', prefixlen: 64, scope: 'global' },
    ],
  })
  const lo = link('lo', {
    link_type: 'loopback',
    address: '00:00:00:00:00:00',
    addr_info: [
      { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' },
      { family: 'inet6', local: '::1', prefixlen: 128, scope: 'host' },
    ],
  })
  const bridge = link('br-lan', { addr_info: [] })
  const port = link('veth0', { master: 'br-lan', addr_info: [] })
  const sight: Sight = {
    files: {
      '/sys/class/net/lo/type': '772',
      '/sys/class/net/eth0/type': '1',
      '/sys/class/net/eth0/speed': '10000',
      '/sys/class/net/eth0/flags': '0x1103',
      '/sys/class/net/br-lan/bridge/bridge_id': '8000.0242ac110002',
      '/sys/class/net/br-lan/bridge/stp_state': '1',
    },
    output: {
      ip: [
        JSON.stringify([lo, eth0, bridge, port]),
        JSON.stringify([{ dst: '8.8.8.8', gateway: '10.213.64.1', dev: 'eth0', prefsrc: '10.213.67.11' }]),
        'RTNETLINK answers: Network is unreachable',
      ].join('\n'),
    },
  }
  const found = factsOf('network', sight)

  test('has the default route with the address that it is taken from', () => {
    expect(found['default_ipv4']).toEqual({
      address: '10.213.67.11',
      alias: 'eth0',
      broadcast: '10.213.79.255',
      gateway: '10.213.64.1',
      interface: 'eth0',
      macaddress: '02:00:0a:d5:43:0b',
      mtu: 1500,
      netmask: '255.255.240.0',
      network: '10.213.64.0',
      prefix: '20',
      type: 'ether',
    })
    expect(found['default_ipv6']).toEqual({})
  })

  test('has every address but those of the loopback', () => {
    expect(found['all_ipv4_addresses']).toEqual(['10.213.67.11', '10.9.9.9'])
    expect(found['all_ipv6_addresses']).toEqual(['fd00::2'])
  })

  test('has a fact of its own for each interface', () => {
    expect(found['interfaces']).toEqual(['lo', 'eth0', 'br-lan', 'veth0'])
    expect(found['eth0']).toMatchObject({ promisc: true, speed: 10_000, ipv4: { address: '10.213.67.11' } })
    expect(found['eth0']).toMatchObject({
      ipv4_secondaries: [{ address: '10.9.9.9', netmask: '255.255.255.255' }],
    })
    expect(found['lo']).not.toHaveProperty('macaddress')
    expect(found['br_lan']).toMatchObject({
      device: 'br-lan',
      type: 'bridge',
      stp: true,
      interfaces: ['veth0'],
    })
  })

  test('is empty where there is no `ip`', () => {
    expect(factsOf('network', {})).toEqual({
      interfaces: [],
      all_ipv4_addresses: [],
      all_ipv6_addresses: [],
      default_ipv4: {},
      default_ipv6: {},
    })
  })
})

describe('hardware', () => {
  const thread = (number: number, socket: number) =>
    `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon: fast\nphysical id\t: ${socket}\nsiblings\t: 4\ncore id\t\t: 0\ncpu cores\t: 2\n`

  test('counts sockets, cores and threads', () => {
    const cpuinfo =
      [0, 1, 2, 3].map((number) => thread(number, 0)).join('\n') +
      [4, 5, 6, 7].map((number) => thread(number, 1)).join('\n')
    expect(
      factsOf('hardware', {
        files: { '/proc/self/status': 'Name:\tgrep\nCpus_allowed_list:\t0-2,5' },
        output: { cpuinfo },
      }),
    ).toMatchObject({
      processor_count: 2,
      processor_cores: 2,
      processor_threads_per_core: 2,
      processor_vcpus: 8,
      processor_nproc: 4,
      processor: expect.arrayContaining(['0', 'GenuineIntel', 'Xeon: fast', '7']),
    })
  })

  test('counts processors that do not speak of sockets', () => {
    const cpuinfo = 'processor\t: 0\n\nprocessor\t: 1\n'
    expect(factsOf('hardware', { output: { cpuinfo } })).toMatchObject({
      processor_count: 2,
      processor_cores: 1,
      processor_threads_per_core: 1,
      processor_vcpus: 2,
    })
  })

  test('gives memory in MiB', () => {
    const meminfo =
      'MemTotal:       2048000 kB\nMemFree:        1024000 kB\nBuffers:  10240 kB\nCached:  102400 kB\nSwapCached: 0 kB\nSwapTotal: 1048576 kB\nSwapFree: 524288 kB'
    expect(
      factsOf('hardware', { files: { '/proc/meminfo': meminfo, '/proc/uptime': '4711.98 1.0' } }),
    ).toMatchObject({
      memtotal_mb: 2000,
      memfree_mb: 1000,
      swaptotal_mb: 1024,
      memory_mb: { real: { used: 1000 }, nocache: { free: 1110, used: 890 }, swap: { used: 512 } },
      uptime_seconds: 4711,
    })
  })

  test('lists what is mounted from devices and other hosts, with sizes and UUIDs', () => {
    const found = factsOf('hardware', {
      files: {
        '/proc/self/mounts':
          '/dev/vda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\nnas:/share /mnt/my\\040share nfs4 rw 0 0',
      },
      output: {
        sizes: '4096 1000 600 500 80 70 /\n',
        links: '0aa6-11 ../../vda1 /dev/disk/by-uuid\nroot ../../vda1 /dev/disk/by-label\n',
      },
    })
    expect(found['mounts']).toEqual([
      {
        mount: '/',
        device: '/dev/vda1',
        fstype: 'ext4',
        options: 'rw,relatime',
        dump: 0,
        passno: 0,
        uuid: '0aa6-11',
        size_total: 4_096_000,
        size_available: 2_048_000,
        block_size: 4096,
        block_total: 1000,
        block_available: 500,
        block_used: 500,
        inode_total: 80,
        inode_available: 70,
        inode_used: 10,
      },
      // It did not answer in time.
      {
        mount: '/mnt/my share',
        device: 'nas:/share',
        fstype: 'nfs4',
        options: 'rw',
        dump: 0,
        passno: 0,
        uuid: 'N/A',
      },
    ])
  })

  test('describes disks with their partitions', () => {
    const found = factsOf('hardware', {
      files: {
        '/sys/block/sda/size': '41943040',
        '/sys/block/sda/queue/rotational': '0',
        '/sys/block/sda/queue/scheduler': 'none [mq-deadline] kyber',
        '/sys/block/sda/device/model': 'QEMU HARDDISK',
        '/sys/block/sda/sda1/partition': '1',
        '/sys/block/sda/sda1/start': '2048',
        '/sys/block/sda/sda1/size': '2097152',
      },
    })
    expect(found['devices']).toMatchObject({
      sda: {
        size: '20.00 GB',
        model: 'QEMU HARDDISK',
        scheduler_mode: 'mq-deadline',
        virtual: 0,
        partitions: { sda1: { start: '2048', size: '1.00 GB' } },
      },
    })
  })
})

describe('the rest', () => {
  test.each<[string, string, Sight, Dict]>([
    [
      'the kernel command line, of which one keeps the last of a name',
      'cmdline',
      { files: { '/proc/cmdline': 'quiet console=tty0 console=ttyS0 dyndbg="file a b"' } },
      {
        cmdline: { quiet: true, console: 'ttyS0', dyndbg: 'file a b' },
        proc_cmdline: { quiet: true, console: ['tty0', 'ttyS0'], dyndbg: 'file a b' },
      },
    ],
    [
      'name servers',
      'dns',
      {
        files: {
          '/etc/resolv.conf':
            '# by hand\nnameserver 1.1.1.1\nnameserver 9.9.9.9\nsearch a.example b.example\noptions ndots:2 rotate',
        },
      },
      {
        dns: {
          nameservers: ['1.1.1.1', '9.9.9.9'],
          search: ['a.example', 'b.example'],
          options: { ndots: '2', rotate: true },
        },
      },
    ],
    [
      'the environment, whatever is in it',
      'env',
      { output: { env: 'PATH=/bin\u0001TEXT=one\ntwo=three\u0001EMPTY=\u0001' } },
      { env: { PATH: '/bin', TEXT: 'one\ntwo=three', EMPTY: '' } },
    ],
    [
      'host keys',
      'ssh_pub_keys',
      { files: { '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAAC3 root@web1' } },
      { ssh_host_key_ed25519_public: 'AAAAC3', ssh_host_key_ed25519_public_keytype: 'ssh-ed25519' },
    ],
    [
      'a host name with a domain',
      'platform',
      {
        files: { '/proc/sys/kernel/hostname': 'web1' },
        output: { hosts: '127.0.1.1       web1.example.com web1\n', machine: 'x86_64\n', bits: '64\n' },
      },
      {
        nodename: 'web1',
        hostname: 'web1',
        fqdn: 'web1.example.com',
        domain: 'example.com',
        userspace_bits: '64',
      },
    ],
    [
      'a user that is not root',
      'user',
      { output: { ids: '1000 1000\n1000 33\n', user: 'ada:x:1000:1000:Ada L,,,:/home/ada:/bin/bash\n' } },
      {
        user_id: 'ada',
        user_uid: 1000,
        user_gecos: 'Ada L,,,',
        user_dir: '/home/ada',
        effective_user_id: 1000,
        effective_group_id: 33,
      },
    ],
    [
      'capabilities that are held back',
      'caps',
      { files: { '/proc/self/status': 'CapEff:\t0000000000000401', '/proc/sys/kernel/cap_last_cap': '40' } },
      { system_capabilities: ['cap_chown', 'cap_net_bind_service'], system_capabilities_enforced: 'True' },
    ],
    [
      'a clock in summer time',
      'date_time',
      { output: { date: '2026 07 03 14 05 09 1783080309 123456789 Friday 5 26 +0200 CEST\nCET\nCEST\n' } },
      {
        date_time: expect.objectContaining({
          date: '2026-07-03',
          time: '14:05:09',
          epoch: '1783080309',
          iso8601: '2026-07-03T12:05:09Z',
          iso8601_micro: '2026-07-03T12:05:09.123456Z',
          iso8601_basic_short: '20260703T140509',
          weekday: 'Friday',
          tz: 'CEST',
          tz_dst: 'CET',
          tz_offset: '+0200',
        }),
      },
    ],
    ['systemd', 'service_mgr', { paths: ['/run/systemd/system'] }, { service_mgr: 'systemd' }],
    ['apt before others', 'pkg_mgr', { paths: ['/usr/bin/dnf', '/usr/bin/apt-get'] }, { pkg_mgr: 'apt' }],
    [
      'SELinux',
      'apparmor',
      {
        files: {
          '/sys/fs/selinux/enforce': '1',
          '/etc/selinux/config': '# x\nSELINUX=permissive\nSELINUXTYPE=targeted',
        },
        paths: ['/sys/kernel/security/apparmor'],
      },
      {
        apparmor: { status: 'enabled' },
        selinux: expect.objectContaining({
          status: 'enabled',
          mode: 'enforcing',
          config_mode: 'permissive',
          type: 'targeted',
        }),
      },
    ],
  ])('%s', (_, collector, sight, expected) => {
    expect(factsOf(collector, sight)).toMatchObject(expected)
  })
})

describe('a subset', () => {
  const all = collectors.map(({ name }) => name)
  const minimal = collectors.filter((each) => each.minimal).map(({ name }) => name)
  const names = (...words: string[]) => chosen(words).collectors.map(({ name }) => name)

  test.each<[string, string[], string[]]>([
    ['all is everything', ['all'], all],
    ['min is little', ['min'], minimal],
    [
      'one more comes with the minimum',
      ['network'],
      all.filter((name) => minimal.includes(name) || name === 'network'),
    ],
    ['one less leaves the others', ['!hardware'], all.filter((name) => name !== 'hardware')],
    ['!all leaves the minimum', ['!all'], minimal],
    ['!all and !min leave nothing', ['!all', '!min'], []],
    ['and then one alone', ['!all', '!min', 'virtual'], ['virtual']],
    ['by the name of a fact', ['!all', '!min', 'default_ipv4'], ['network']],
    ['of others there are none', ['!all', '!min', 'facter'], []],
  ])('%s', (_, words, expected) => {
    expect(names(...words)).toEqual(expected)
  })

  test('of an unknown name is an error that names those there are', () => {
    expect(() => names('hardwear')).toThrow(/no subset 'hardwear'.*hardware/)
  })
})

describe('on this machine', () => {
  const keys = [collectors.map(({ name }) => name)]
  const answer = execFileSync('sh', ['-c', facts.read(keys).text], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [found] = facts.parse(answer, keys)

  test('the script finds what Node finds', () => {
    expect(found).toMatchObject({
      nodename: hostname(),
      kernel: release(),
      system: 'Linux',
      user_id: userInfo().username,
      user_uid: userInfo().uid,
      processor_nproc: availableParallelism(),
      env: expect.objectContaining({ PATH: process.env['PATH'] }),
    })
  })

  test('every fact has a name that a variable can have', () => {
    expect(Object.keys(found!).filter((name) => !/^\w+$/.test(name))).toEqual([])
  })
})

describe('Python is a fact only where there is one', () => {
  test.each<[string, string, Dict]>([
    [
      'a release',
      '/usr/bin/python3\nPython 3.11.2\n',
      {
        python: {
          executable: '/usr/bin/python3',
          type: 'cpython',
          version: { major: 3, minor: 11, micro: 2, releaselevel: 'final', serial: 0 },
          version_info: [3, 11, 2, 'final', 0],
        },
        python_version: '3.11.2',
      },
    ],
    ['none', '', {}],
  ])('%s', (_, python, expected) => {
    expect(factsOf('python', { output: { python } })).toEqual(expected)
  })
})
