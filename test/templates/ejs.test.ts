import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UndefinedVariable } from '../../runner/expressions/errors.ts'
import { renderEjs } from '../../runner/templates/ejs.ts'
import { LazyDict } from '../../runner/variables/lazy.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, scopeOf } from '../expressions/harness.ts'

const variables: Record<string, Value> = {
  app_port: 5000,
  app: {
    name: 'shop',
    url: 'http://{{ app.name }}:{{ app_port }}',
    broken: '{{ nowhere }}',
    tags: ['a', 'b'],
  },
  users: [{ name: 'anna' }, { name: 'ben' }],
  nothing: null,
  password: new Secret('pa ss'),
  build: new Unknown({ what: 'npm ci' }),
  result: { rc: new Unknown({ what: 'npm ci' }), changed: true },
  hostvars: new LazyDict(
    (host) => (host === 'web1' ? { address: '10.0.0.1' } : undefined),
    () => ['web1'],
  ),
}

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ejs-'))
  mkdirSync(join(directory, 'parts'))
  writeFileSync(join(directory, 'parts', 'head.ejs'), '# <%= title %> of <%= app.name %>\n')
  writeFileSync(join(directory, 'broken.ejs'), 'ok\n<%= nowhere %>\n')
  writeFileSync(join(directory, 'circle.ejs'), "<%- include('circle') %>")
})
afterAll(() => rmSync(directory, { recursive: true }))

function render(source: string) {
  return renderEjs(join(directory, 'site.conf.ejs'), source, scopeOf(variables, [directory]))
}

const texts: [string, string][] = [
  ['port <%= app_port %>', 'port 5000'],
  ['<%= app.url %>', 'http://shop:5000'],
  ['<%= app["name"] %>', 'shop'],
  ['a & b < c: <%= "x & <y>" %>', 'a & b < c: x & <y>'],
  ['<%= app.tags.join(", ") %>', 'a, b'],
  ['<%= users.map((user) => user.name).join() %>', 'anna,ben'],
  ['<% for (const { name } of users) { -%>\n- <%= name %>\n<% } -%>\n', '- anna\n- ben\n'],
  ['<%_ if (app_port > 80) { _%>\nhigh\n<%_ } else { _%>\nlow\n<%_ } _%>\n', 'high\n'],
  ['<% const port = app_port + 1 %><%= port %>', '5001'],
  ['<% var port = 1 %><%= port %>', '1'],
  ['<% function twice(x) { return 2 * x } %><%= twice(app_port) %>', '10000'],
  ['<%= hostvars.web1.address %>', '10.0.0.1'],
  ['<%= "web2" in hostvars %>', 'false'],
  ['<%= Object.keys(app).length %>', '4'],
  ['<%= JSON.stringify(app.tags) %>', '["a","b"]'],
  ['<%= locals.missing ?? "default" %>', 'default'],
  ['<%= locals.app_port %>', '5000'],
  ['<%= nothing ?? "none" %>', 'none'],
  ['<%= app.zz ?? "none" %>', 'none'],
  ['<%= true %> <%= 0 %> <%= "" %>|', 'true 0 |'],
  ['<%# a comment %>x', 'x'],
  ['<%% literal %%>', '<% literal %>'],
  ['<%= ansible_managed %>', 'Ansible managed'],
  ["<%- include('parts/head', { title: 'Shop' }) %>x", '# Shop of shop\nx'],
  ["<%- include('parts/head.ejs', { title: app.name }) -%>\nx", '# shop of shop\nx'],
]

describe('a template is rendered with the variables by their names', () => {
  test.each(texts)('%j', (source, expected) => {
    expect(render(source)).toEqual({ text: expected, secrets: [] })
  })
})

const errors: [string, string][] = [
  ['<%= nowhere %>', "'nowhere' is undefined (ask with `locals.nowhere` if it may be missing) at 1:5"],
  ['a\nb\n  <%= app_prt %>', "'app_prt' is undefined (did you mean 'app_port'?) at 3:7"],
  [
    '<% if (nowhere) { %><% } %>',
    "'nowhere' is undefined (ask with `locals.nowhere` if it may be missing) at 1:8",
  ],
  ['x\n<%= nothing %>', 'this prints null (give a default: `<%= value ?? "default" %>`) at 2:1'],
  [
    'x\n<%= app.zz %>',
    'this prints undefined (a property is missing; give a default: `<%= value ?? "default" %>`) at 2:1',
  ],
  ['<%= app %>', 'this prints an object (name one of its properties, or use `JSON.stringify()`) at 1:1'],
  ['<%= app.tags %>', "this prints a list (join it: `<%= list.join(', ') %>`) at 1:1"],
  ['<%= () => 1 %>', 'this prints a function (call it, or name a value) at 1:1'],
  ['<%= 0 / 0 %>', 'this prints NaN (something here is no number) at 1:1'],
  ['x\n\n<%= app.zz.deeper %>', "Cannot read properties of undefined (reading 'deeper') at 3:1"],
  ['x\n<%- app_port %>', '`<%-` is for include() only (print with `<%= … %>`) at 2:1'],
  ['x\n<% if (app_port { %>\ny\n<% } %>', "Unexpected token '{' (this is no valid JavaScript) at 2:1"],
  ['x\n\n<% } %>', 'at 3:1'],
  ['x\n<% if (true) {', 'this tag has no `%>` at 2:1'],
  ['<% app_port = 1 %>', "'app_port' cannot be assigned to (declare it: `const app_port = …`) at 1:4"],
  ['<%= process.env.HOME %>', "'process' is undefined"],
  ['<%= globalThis %>', "'globalThis' is undefined"],
  ["<%- include('nope') %>", "there is no template 'nope'"],
  ["<%- include('circle') %>", "include('circle') goes round in circles"],
  [
    "x\n<%- include('broken') %>",
    "'nowhere' is undefined (ask with `locals.nowhere` if it may be missing) at 2:5",
  ],
  ['<%= app.broken %>', "'nowhere' is undefined at 10:10"],
]

describe('what would write nonsense is an error with its line', () => {
  test.each(errors)('%j', (source, message) => {
    expect(errorOf(() => render(source))).toContain(message)
  })
})

test('a missing name can be told from other errors', () => {
  expect(() => render('<%= nowhere %>')).toThrow(UndefinedVariable)
  expect(() => render("<%- include('broken') %>")).toThrow(UndefinedVariable)
  expect(() => render('<%= nothing %>')).not.toThrow(UndefinedVariable)
})

test('a secret is printed in clear and handed back to be masked', () => {
  expect(render('p=<%= encodeURIComponent(password) %>')).toEqual({ text: 'p=pa%20ss', secrets: ['pa ss'] })
  expect(render('<%= app_port %>')).toEqual({ text: '5000', secrets: [] })
})

test.each([
  '<%= build %>',
  '<% if (build) { %>x<% } %>',
  '<% if (result.rc === 0) { %>x<% } %>',
  '<%= JSON.stringify(result) %>',
])('a template that uses an unknown is unknown: %s', (source) => {
  expect(render(source).text).toEqual(new Unknown({ what: 'npm ci' }))
})

test('an unknown that is not used does no harm', () => {
  expect(render('<%= result.changed %>').text).toBe('true')
})
