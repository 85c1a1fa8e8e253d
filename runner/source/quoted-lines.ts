import type { Document, ParsedNode } from 'yaml'
import { isScalar, visit } from 'yaml'

/**
 * Where the quoted text begins that runs up to the place where its end is missed; undefined when that is not what is
 * wrong.
 */
export function openQuote(document: Document.Parsed): number | undefined {
  const error = document.errors.find(({ message }) => /Missing closing ['"]/.test(message))
  if (error === undefined) return undefined
  let start: number | undefined
  visit(document, {
    Scalar: (_, node) => {
      const { range } = node as ParsedNode
      if (isScalar(node) && node.type?.startsWith('QUOTE') === true && range[2] >= error.pos[0])
        start ??= range[0]
    },
  })
  return start
}

/** Where the `[` or `{` stands that is not closed. */
export function openBracket(document: Document.Parsed, end: number): number | undefined {
  let start: number | undefined
  visit(document, {
    Collection: (_, node) => {
      const { range } = node as ParsedNode
      if (node.flow === true && range[0] < end && range[2] >= end) start = range[0]
    },
  })
  return start
}

/**
 * Ansible's YAML lets quoted text go on at any indentation, ours does not: indents the lines of the quoted text that
 * begins at `start`, which changes nothing about what it says. Undefined when the quote is closed nowhere, or when its
 * lines are indented already.
 */
export function indentQuoted(text: string, start: number): string | undefined {
  const quote = text[start]
  const pattern = quote === '"' ? /(?:[^"\\]|\\[\s\S])*/y : /(?:[^']|'')*/y
  pattern.lastIndex = start + 1
  pattern.exec(text)
  const end = pattern.lastIndex
  if (text[end] !== quote) return undefined
  const lineStart = text.lastIndexOf('\n', start) + 1
  const indent = ' '.repeat(start - lineStart + 1)
  const quoted = text.slice(start, end)
  const indented = quoted.replaceAll(/\n[ \t]*(?=\S)/g, `\n${indent}`)
  return indented === quoted ? undefined : text.slice(0, start) + indented + text.slice(end)
}
