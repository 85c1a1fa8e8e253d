import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'

export const dmiFiles = ['/sys/class/dmi/id/*']

/** Facts by the file under /sys/class/dmi/id. */
const FILES: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
}

/** What the firmware says of the machine; `NA` where it says nothing. */
export function dmiFacts(evidence: Evidence): Dict {
  const at = (file: string) => evidence.first(`/sys/class/dmi/id/${file}`)
  return {
    ...Object.fromEntries(Object.entries(FILES).map(([fact, file]) => [fact, at(file) || 'NA'])),
    form_factor: FORMS[Number(at('chassis_type') || Number.NaN)] ?? 'NA',
  }
}

/** By number, as in the SMBIOS specification, table 17. */
const FORMS: readonly string[] = (
  'Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,' +
  'Hand Held,Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,' +
  'Expansion Chassis,Sub Chassis,Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,' +
  'Sealed-case PC,Multi-system,CompactPCI,AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,' +
  'IoT Gateway,Embedded PC,Mini PC,Stick PC'
).split(',')
