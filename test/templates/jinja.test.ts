import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UndefinedVariable } from '../../runner/expressions/errors.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { renderJinja, type JinjaOptions } from '../../runner/templates/jinja.ts'
import { renderTemplateFile } from '../../runner/templates/render.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { errorOf, scopeOf } from '../expressions/harness.ts'

const files: Record<string, string> = {
  'macros.j2': '{% macro m(a, b="d") %}[{{ a }}|{{ b }}|{{ name }}]{% endmacro %}\n{% set v = 5 %}',
  'base.j2': 'base {% block x %}X{% endblock %} {% block y %}Y{{ name }}{% endblock %} end',
  'middle.j2': "{% extends 'base.j2' %}{% block x %}mid {{ super() }}{% endblock %}",
  'inc.j2': 'inc {{ name }} {{ i | default("-") }}',
  'broken.j2': 'fine\n  {{ nowhere }}\n',
  'calls.j2': '{% macro m() %}\n{{ nowhere }}{% endmacro %}',
  'a.conf.ejs': '<%= name %>\n',
  'a.conf.j2': '{{ name }}\n',
}

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'jinja-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
})
afterAll(() => rmSync(directory, { recursive: true }))

function scope() {
  return scopeOf(
    {
      name: 'shop',
      numbers: [1, 2],
      password: new Secret('s3cret'),
      build: new Unknown({ what: 'npm ci' }),
      fetch: new Unknown({ what: 'git clone' }),
    },
    [directory],
  )
}

function render(source: string, options?: JinjaOptions) {
  return renderJinja(join(directory, 'site.j2'), source, scope(), options)
}

const texts: [string, string][] = [
  ['plain\n', 'plain\n'],
  ['no newline', 'no newline'],
  ['two\n\n', 'two\n\n'],
  ['{{ name }}\n', 'shop\n'],
  ['{% for n in numbers %}\n- {{ n }}\n{% endfor %}\n', '- 1\n- 2\n'],
  ['  {% if true %}\n  x\n  {% endif %}\ny', '    x\n  y'],
  ['x{% if true %}y{% endif %}\n', 'xy\n'],
  ["{{ 'a\\tb' }}", 'a\tb'],
  ['{{ none }}|{{ true }}|{{ [1, none] }}', '|True|[1, None]'],
  ['{# comment #}\nx', 'x'],
  ['#jinja2: lstrip_blocks: True\n  {% if true %}\nx\n  {% endif %}\n', 'x\n'],
  [
    "#jinja2: variable_start_string: '[%', variable_end_string: '%]', trim_blocks: False\n[% name %] {{ x }}\n",
    'shop {{ x }}\n',
  ],
  ["{% import 'macros.j2' as m %}{{ m.m(1) }}{{ m.v }}", '[1|d|shop]5'],
  ["{% from 'macros.j2' import m as q, v %}{{ q(1, b=2) }}{{ v }}", '[1|2|shop]5'],
  ["{% include 'inc.j2' %}", 'inc shop -'],
  ["{% for i in numbers %}{% include 'inc.j2' %};{% endfor %}", 'inc shop 1;inc shop 2;'],
  ["{% for i in numbers %}{% include 'inc.j2' without context %};{% endfor %}", 'inc shop -;inc shop -;'],
  ["{% include 'nope.j2' ignore missing %}-", '-'],
  ["{% include ['nope.j2', 'inc.j2'] %}", 'inc shop -'],
  ["{% extends 'base.j2' %}ignored{% block x %}new {{ super() }}{% endblock %}", 'base new X Yshop end'],
  ["{% extends 'middle.j2' %}{% block x %}top {{ super() }}{% endblock %}", 'base top mid X Yshop end'],
  ["{% extends 'base.j2' %}{% set name = 'set' %}", 'base X Yset end'],
  ['{{ template_path | basename }} {{ ansible_managed }}', 'site.j2 Ansible managed'],
]

describe('a file is rendered as by the template module of Ansible', () => {
  test.each(texts)('%j', (source, expected) => {
    expect(render(source)).toEqual({ text: expected, secrets: [] })
  })
})

const withOptions: [JinjaOptions, string, string][] = [
  [{ line_statement_prefix: '%' }, '% for n in numbers:\n- {{ n }}\n  % endfor\nend', '- 1\n- 2\nend'],
  [{ line_comment_prefix: '##' }, 'a ## not this\nb', 'a \nb'],
  [{ dest: '/etc/x.conf' }, '{{ template_destpath }}', '/etc/x.conf'],
  [{ trim_blocks: false }, '{% if true %}\nx{% endif %}', '\nx'],
  [{ lstrip_blocks: true }, '  {% if true %}\nx\n  {% endif %}', 'x\n'],
  [{ newline_sequence: '\r\n' }, 'a\nb\n', 'a\r\nb\r\n'],
  [{ variable_start_string: '<<', variable_end_string: '>>' }, '<< name >> {{ name }}', 'shop {{ name }}'],
  [{ block_start_string: '<%', block_end_string: '%>' }, '<% if true %>{% x %}<% endif %>', '{% x %}'],
  [{ comment_start_string: '<#', comment_end_string: '#>' }, '<# x #>{# y #}', '{# y #}'],
]

test.each(withOptions)('with %j', (options, source, expected) => {
  expect(render(source, options).text).toBe(expected)
})

const errors: [string, string][] = [
  ['a\nb {{ nowhere }}\n', "'nowhere' is undefined at 2:6"],
  ['a\n{% if x = 1 %}{% endif %}', "unexpected '=' (write `==` to compare) at 2:9"],
  ['a\n{% for x in numbers %}\n', "this block has no 'endfor' at 2:1"],
  ['a\n{{ 1 +', "this has no '}}' at 2:1"],
  ['#jinja2: nonsense: 1\nx', "'nonsense: 1' is no option of Jinja at 1:1"],
  ['#jinja2: trim_blocks: False\n\n{{ nowhere }}', "'nowhere' is undefined at 3:4"],
  ["x\n{% include 'nope.j2' %}", "there is no template 'nope.j2'"],
  ["{% extends 'base.j2' %}{% block x %}\n{{ nowhere }}{% endblock %}", "'nowhere' is undefined at 2:4"],
]

describe('an error has its place in the file', () => {
  test.each(errors)('%j', (source, message) => {
    expect(errorOf(() => render(source))).toContain(message)
  })

  test.each([
    ["\n\n{% include 'broken.j2' %}", 'broken.j2', 2, 6],
    ["\n\n{% import 'calls.j2' as c %}{{ c.m() }}", 'calls.j2', 2, 4],
  ])('also in another file: %j', (source, name, line, column) => {
    try {
      render(source)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UndefinedVariable)
      expect((error as SourceError).diagnostics[0]!.location).toEqual({
        file: join(directory, name),
        line,
        column,
      })
    }
  })
})

test('secrets are in the text and listed beside it', () => {
  expect(render('p={{ password }} {{ password | upper }}')).toEqual({
    text: 'p=s3cret S3CRET',
    secrets: ['s3cret', 'S3CRET'],
  })
})

test('a file with unknowns in it is unknown, and waits for all of them', () => {
  expect(render('{{ build }} {{ fetch }}').text).toEqual(
    new Unknown([{ what: 'npm ci' }, { what: 'git clone' }]),
  )
  expect(render('{{ build }}{% if fetch %}{% endif %}').text).toEqual(
    new Unknown([{ what: 'npm ci' }, { what: 'git clone' }]),
  )
})

test('the name of a file says how it is written', () => {
  expect(renderTemplateFile(join(directory, 'a.conf.ejs'), scope()).text).toBe('shop\n')
  expect(renderTemplateFile(join(directory, 'a.conf.j2'), scope()).text).toBe('shop\n')
  expect(renderTemplateFile(join(directory, 'a.conf.j2'), scope(), { newline_sequence: '\\r\\n' }).text).toBe(
    'shop\r\n',
  )
})
