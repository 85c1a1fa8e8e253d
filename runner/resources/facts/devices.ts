import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'
import { diskLinks } from './mounts.ts'

const ATTRIBUTES = [
  'size',
  'removable',
  'ro',
  'queue/rotational',
  'queue/scheduler',
  'queue/discard_granularity',
  'queue/hw_sector_size',
  'queue/logical_block_size',
  'device/vendor',
  'device/model',
  'device/serial',
  'serial',
]

export const deviceFiles = [
  ...ATTRIBUTES.map((attribute) => `/sys/block/*/${attribute}`),
  '/sys/block/*/*/partition',
  '/sys/block/*/*/start',
  '/sys/block/*/*/size',
]

/** `devices`: the block devices with their partitions. */
export function deviceFacts(evidence: Evidence): Dict {
  const names = [...evidence.matching(/^\/sys\/block\/([^/]+)\/size$/)].map(({ match }) => match[1]!)
  const linksOf = linkTable(evidence)
  return {
    devices: Object.fromEntries(
      names.map((name) => {
        const at = (attribute: string) => evidence.first(`/sys/block/${name}/${attribute}`)
        const sectors = Number(at('size'))
        return [
          name,
          {
            virtual: /^(loop|ram|zram|dm-|md|nbd)/.test(name) ? 1 : 0,
            links: linksOf(name),
            vendor: at('device/vendor') || null,
            model: at('device/model') || null,
            ...(at('device/serial') || at('serial') ? { serial: at('device/serial') || at('serial') } : {}),
            removable: at('removable'),
            rotational: at('queue/rotational'),
            support_discard: at('queue/discard_granularity') || '0',
            scheduler_mode: /\[(.+)\]/.exec(at('queue/scheduler'))?.[1] ?? '',
            sectors: String(sectors),
            sectorsize: at('queue/hw_sector_size') || at('queue/logical_block_size') || '512',
            size: readable(sectors * 512),
            holders: [],
            partitions: partitions(name, evidence, linksOf),
          },
        ]
      }),
    ),
    device_links: {
      ids: Object.fromEntries(diskLinks(evidence, 'by-id')),
      uuids: Object.fromEntries(diskLinks(evidence, 'by-uuid')),
      labels: Object.fromEntries(diskLinks(evidence, 'by-label')),
      masters: {},
    },
  }
}

type Links = (name: string) => Dict

function linkTable(evidence: Evidence): Links {
  const [ids, uuids, labels] = ['by-id', 'by-uuid', 'by-label'].map((kind) => diskLinks(evidence, kind))
  return (name) => ({
    ids: ids!.get(name) ?? [],
    uuids: uuids!.get(name) ?? [],
    labels: labels!.get(name) ?? [],
    masters: [],
  })
}

function partitions(device: string, evidence: Evidence, linksOf: Links): Dict {
  const found: [string, Dict][] = []
  for (const { match } of evidence.matching(/^\/sys\/block\/([^/]+)\/([^/]+)\/partition$/)) {
    if (match[1] !== device) continue
    const name = match[2]!
    const at = (attribute: string) => evidence.first(`/sys/block/${device}/${name}/${attribute}`)
    const links = linksOf(name)
    const uuids = links['uuids'] as string[]
    found.push([
      name,
      {
        start: at('start'),
        sectors: at('size'),
        sectorsize: 512,
        size: readable(Number(at('size')) * 512),
        uuid: uuids[0] ?? null,
        links,
        holders: [],
      },
    ])
  }
  return Object.fromEntries(found)
}

/** `20.00 GB`, with powers of 1024 as Ansible counts. */
function readable(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']
  const power = bytes > 0 ? Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1) : 0
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`
}
