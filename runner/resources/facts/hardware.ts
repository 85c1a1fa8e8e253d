import type { Collector } from './collector.ts'
import { deviceFacts, deviceFiles } from './devices.ts'
import { dmiFacts, dmiFiles } from './dmi.ts'
import { loadAverage, memoryFacts, memoryFiles } from './memory.ts'
import { mountCommands, mountFacts, mountFiles } from './mounts.ts'
import { processorCommands, processorFacts, processorFiles } from './processor.ts'

/** Processors, memory, mounts, block devices and firmware. */
export const hardware: Collector = {
  name: 'hardware',
  provides: ['processor', 'processor_cores', 'processor_count', 'mounts', 'devices', 'memory', 'dmi'],
  minimal: false,
  files: [...processorFiles, ...memoryFiles, ...mountFiles, ...deviceFiles, ...dmiFiles],
  commands: { ...processorCommands, ...mountCommands },
  facts: (evidence) => ({
    ...processorFacts(evidence),
    ...memoryFacts(evidence),
    ...mountFacts(evidence),
    ...deviceFacts(evidence),
    ...dmiFacts(evidence),
  }),
}

export const load: Collector = {
  name: 'loadavg',
  minimal: true,
  files: ['/proc/loadavg'],
  facts: loadAverage,
}
