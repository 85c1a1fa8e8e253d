import { readFileSync } from 'node:fs'

// Run from source, the page's files are read from beside this one. The build replaces this module by their contents.
const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

export const sources = {
  html: read('status.html'),
  css: read('status.css'),
  script: read('status.js'),
  icon: read('icon.svg'),
}
