import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { State } from '../../runner/host/state.ts'
import { Machine } from '../../runner/packages/machine.ts'
import { programs } from '../../runner/packages/programs/table.ts'
import { parseShell } from '../../runner/packages/sh/parser.ts'
import { Shell } from '../../runner/packages/sh/shell.ts'
import { ShellSyntaxError } from '../../runner/packages/sh/syntax.ts'

describe('a script run in the mind prints what it prints in a shell', () => {
  it.each([
    ['words', `echo one  'two  three' "four $((1+2))" five\\ six`],
    ['variables', `a=1 b='x y'; echo $a "$b" $b \${a}0 \${missing:-none} \${missing-} \${a:+set} \${#b}`],
    ['assigned defaults', `: \${x:=7}; echo $x; unset x; echo "[$x]"`],
    ['prefixes and suffixes', `p=/usr/lib/x.tar.gz; echo \${p##*/} \${p#*/} \${p%.*} \${p%%.*} \${p%/*}`],
    [
      'splitting',
      `v='a  b c'; set -- $v; echo $# $2; set -- "$v"; echo $#; for w in $v; do echo "<$w>"; done`,
    ],
    [
      'all arguments',
      `f() { for a in "$@"; do echo "<$a>"; done; }; f 'a b' '' c; f; set -- x 'y z'; echo "$*" $#`,
    ],
    ['substitution', `echo "$(echo a; echo b)" \`echo c\` $(printf '%s-%s' 1 2)`],
    ['substitution in substitution', `echo $(echo "$(echo 'a)b')")`],
    ['if', `if false; then echo a; elif [ 1 -eq 1 ]; then echo b; else echo c; fi`],
    [
      'and, or, not',
      `true && echo a || echo b; false && echo c || echo d; ! false && echo e; false; echo $?`,
    ],
    [
      'case',
      `for x in abc a1 '' '*' y; do case "$x" in abc|y) echo 1;; a[0-9]) echo 2;; '') echo 3;; '*') echo 4;; *) echo 5;; esac; done`,
    ],
    ['case without a match', `case x in y) echo y;; esac; echo $?`],
    [
      'while and break',
      `i=0; while true; do i=$((i+1)); [ $i = 2 ] && continue; [ $i -gt 4 ] && break; echo $i; done`,
    ],
    ['until', `i=3; until [ $i -eq 0 ]; do echo $i; i=$((i - 1)); done`],
    ['while read', `printf 'a b c\\nd\\n' | while read -r first rest; do echo "$first:$rest"; done`],
    ['a pipe is a subshell', `x=1; echo 2 | read x; echo $x; (x=3); echo $x; { x=4; }; echo $x`],
    ['functions', `f() { echo "f $1"; return 3; }; f a; echo $?; g() ( x=9; echo $x ); g; echo "[$x]"`],
    ['exit in a subshell', `(exit 4); echo $?; x=$(echo a; exit 2) || echo "failed $?"; echo $x`],
    ['errexit', `set -e; if false; then :; fi; false || echo go; echo a; false; echo never`],
    ['here-documents', `cat <<EOF\nx $((2*3)) \\$y\nEOF\ncat <<'EOF'\n$z\nEOF\ncat <<-EOF\n\t\ttabs\n\tEOF`],
    ['comments and continued lines', `echo a # b\necho c \\\n  d\n# e\necho 'f#g' h#i`],
    [
      'test',
      `test -n "$x" || echo empty; [ ! -z a ] && echo a; [ a != b -a 1 -lt 2 ] && echo b; [ \\( a = a \\) ] && echo c; [ "$#" -ge 0 ]; echo $?`,
    ],
    ['printf', `printf '%s\\n' a 'b c'; printf 'x%%y\\t%d\\n' 5; printf plain`],
    [
      'sed',
      `echo 'a/b-c' | sed 's/b/[&]/;s/-\\(.\\)/<\\1>/'; echo 'x1 x2' | sed -E 's/x([0-9])/\\1y/g'; printf 'a\\nb\\n' | sed -n '/b/p'; printf '#a\\nb\\n' | sed '/^#/d'`,
    ],
    [
      'grep',
      `printf 'one\\ntwo\\n' | grep -q tw && echo found; printf 'a.b\\naxb\\n' | grep -F a.b; printf 'x 1\\ny 2\\n' | grep -E '^(x|z) [0-9]$'; echo A | grep -i a; echo a | grep -v a || echo none`,
    ],
    [
      'cut, tr, sort, uniq, head, tail',
      `echo a:b:c | cut -d: -f2-3; echo 'a,b' | tr ',' '\\n'; printf 'b\\na\\nb\\n' | sort -u; printf 'a\\na\\nb\\n' | uniq -c; printf '1\\n2\\n3\\n' | head -n 1; printf '1\\n2\\n3\\n' | tail -n 1; echo abc | tr a-z A-Z`,
    ],
    ['basename and dirname', `basename /a/b.c .c; dirname /a/b.c`],
    ['arithmetic', `i=5; echo $((i * 2 + 1)) $(( (i - 1) / 2 )) $((i % 3)) $((i > 3)) $((-i))`],
    ['sums', `echo hello | md5sum`],
    ['quotes within quotes', `x='it'"'"'s'; echo "$x" "a\\"b" 'c"d' "\\$x \`echo e\`"`],
    [
      'output that goes nowhere',
      `echo a >/dev/null; echo b 2>/dev/null; echo c >&2; { echo d; echo e; } >/dev/null 2>&1; echo f`,
    ],
    ['a variable for one command', `x=1; x=2 true; echo $x`],
    ['read from a string', `echo "a b" | { read -r x y; echo "$y $x"; }`],
  ])('%s', (_, script) => {
    expect(inTheMind(script)).toBe(inAShell(script))
  })
})

describe('text that is no shell script is refused', () => {
  it.each([`echo 'a`, `if true; then`, `case x in`, `echo $(`, `}`, `fi`, `echo \${a`, `for`, `a && `])(
    '%j',
    (text) => {
      expect(() => parseShell(text)).toThrow(ShellSyntaxError)
    },
  )
})

function inTheMind(script: string): string {
  const shell = new Shell(new Machine(new State()), new Map(Object.entries(programs)))
  return String(shell.output(parseShell(script)))
}

function inAShell(script: string): string {
  let printed: string
  try {
    printed = execFileSync('sh', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    printed = (error as { stdout: string }).stdout
  }
  return printed.replace(/\n+$/, '')
}
