import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { openScratch } from './scratch.ts'

/** The world that apt is asked about: the host's, as the changes so far leave it. */
export interface AptWorld {
  /** The lists the host has, or ones fetched for the purpose, as an update of the host's would fetch them. */
  readonly index: 'own' | 'fetched'
  /** Packages that differ from what the host's dpkg knows. */
  readonly packages: readonly WorldPackage[]
  /** Files that apt reads (sources, keys, preferences) and that differ from the host's. Null for one that is gone. */
  readonly files: readonly WorldFile[]
}

/** The host's own, before anything is changed. */
export const OWN_WORLD: AptWorld = { index: 'own', packages: [], files: [] }

export interface WorldPackage {
  readonly name: string
  readonly architecture: string
  /** Null when it is not installed. */
  readonly version: string | null
  readonly automatic: boolean
  readonly hold: boolean
  /** The archive on the host that it comes from, when no list names it. */
  readonly archive?: string
}

export interface WorldFile {
  readonly path: string
  readonly content: Buffer | null
}

/** Whether a file of apt's makes a difference to what the lists hold: sources and keys do. */
export function changesLists(path: string): boolean {
  return !/^\/etc\/apt\/(apt\.conf\.d|preferences(\.d)?)(\/|$)/.test(path)
}

/** Whether a file is one of apt's. */
export function aptReads(path: string): boolean {
  return path.startsWith('/etc/apt/') || isKey(path)
}

/** The name of a world's directory. */
export function worldId(world: AptWorld): string {
  return createHash('sha256').update(JSON.stringify(world)).digest('hex').slice(0, 24)
}

/**
 * Shell code that prepares a world below the session's scratch directory, unless it is there already, and sets `$world`
 * to its directory. Afterwards `private apt-get …` and `private apt-cache …` work in it: nothing of theirs is written
 * elsewhere. Ends the subshell with a complaint on stderr when the lists cannot be fetched.
 */
export function enterWorld(world: AptWorld, { narrow }: Entrance = {}): Script {
  const lists =
    world.index === 'fetched' ? hash(world.files.filter(({ path }) => changesLists(path))) : undefined
  return joinScripts([
    openScratch,
    sh`export LC_ALL=C DEBIAN_FRONTEND=noninteractive
world=$scratch/world-${worldId(world)} cache=$scratch/cache-${lists ?? 'own'} lists=${lists === undefined ? sh`/var/lib/apt/lists` : sh`$scratch/lists-${lists}`}
private() { tool=$1; shift; APT_CONFIG=$world/first.conf "$tool" -c "$world/apt.conf" -o Dir::Cache="$cache" "$@"; }
if [ ! -e "$world/known" ]; then
mkdir -p "$world"
: >"$world/first.conf"`,
    ...(world.files.length > 0 ? [ownEtc(world.files)] : []),
    settings(world),
    ...(lists === undefined ? [] : [fetch]),
    sh`: >"$world/known"
fi`,
    ...(narrow === undefined
      ? [sh`widen() { false; }`]
      : [narrowLists([...narrow, ...world.packages.map(({ name }) => name)], lists)]),
    cache,
    sh`private() { tool=$1; shift; APT_CONFIG=$world/first.conf "$tool" -c "$world/apt.conf" -o Dir::Cache="$cache" -o Dir::State::lists="$lists" "$@"; }
if [ ! -e "$world/ready" ]; then :`,
    ...(world.packages.length > 0 ? [ownStatus(world.packages)] : []),
    sh`: >"$world/ready"
fi`,
  ])
}

export interface Entrance {
  /**
   * Names of packages: only these, what they may pull in and what is installed is looked at, which takes a tenth of the
   * time. Without it, all that the lists hold.
   */
  readonly narrow?: readonly string[]
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24)
}

// A copy of /etc/apt with the files that differ. Keys are named by absolute paths, so those are changed with them.
function ownEtc(files: readonly WorldFile[]): Script {
  return joinScripts([
    sh`cp -aL /etc/apt "$world/etc" 2>/dev/null
printf 'Dir::Etc "%s/etc";\\n' "$world" >>"$world/first.conf"`,
    ...files.map(({ path, content }) =>
      content === null
        ? sh`rm -f -- "$world/etc/"${placeOf(path)}`
        : sh`mkdir -p -- "$world/etc/"${posix.dirname(placeOf(path))}
printf %s ${content.toString('base64')} | base64 -d >"$world/etc/"${placeOf(path)}`,
    ),
    ...files
      .filter(({ path }) => isKey(path))
      .map(({ path }) => {
        const pattern = path.replaceAll(/[.[\]*^$|\\]/g, String.raw`\$&`)
        return sh`find "$world/etc" -name '*.list' -o -name '*.sources' | while IFS= read -r list; do
  sed -i "s|"${pattern}"|$world/etc/"${placeOf(path)}"|g" "$list"; done`
      }),
  ])
}

function placeOf(path: string): string {
  return path.startsWith('/etc/apt/') ? path.slice('/etc/apt/'.length) : `elsewhere${path}`
}

/** Whether a path is that of a key for signatures, by its name. */
export function isKey(path: string): boolean {
  return /\.(gpg|asc|pgp)$/.test(path)
}

// The hooks of an update write outside (stamps, other programs' indexes), so they are left out.
function settings({ index, packages }: AptWorld): Script {
  return sh`cat >"$world/apt.conf" <<END
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear AptCli::Hooks;
#clear Binary::apt-get::AptCli::Hooks;
Dir::Log "$world";
APT::Sandbox::User "";
APT::Get::Show-User-Simulation-Note "false";
Debug::NoLocking "true";
${packages.length > 0 ? sh`Dir::State::status "$world/status";\nDir::State::extended_states "$world/extended_states";` : sh``}
${
  index === 'fetched'
    ? sh`Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
APT::Update::Error-Mode "any";`
    : sh``
}
END`
}

// apt reads its cache when that fits. Otherwise it puts a new one in place of the link, whose target is not touched; the
// host's own may be newer by the next time.
const cache = sh`[ -d "$cache" ] || mkdir -p "$cache/archives/partial"
case $lists in /var/lib/apt/lists)
  for file in pkgcache.bin srcpkgcache.bin; do
    [ ! -e "/var/cache/apt/$file" ] || [ "$cache/$file" -nt "/var/cache/apt/$file" ] || [ "$cache/$file" -ef "/var/cache/apt/$file" ] ||
      ln -sf "/var/cache/apt/$file" "$cache/$file"
  done ;;
esac`

/**
 * Lists of nothing but the named packages, what is installed, and whatever these could ever pull in: all alternatives,
 * all that provide a name, recommended ones. apt looks at no other package to install some, and of sixty
 * thousand it takes seconds to read them. Made anew when the lists have changed, or other packages are named.
 */
function narrowLists(names: readonly string[], fetched: string | undefined): Script {
  const stamp =
    fetched === undefined
      ? sh`$(LC_ALL=C ls -ln --time-style=+%s.%N /var/lib/apt/lists | cksum | tr ' ' -)`
      : sh`${fetched}`
  return sh`narrow=$scratch/narrow-${stamp}
{ dpkg-query -W -f '\${Package}\\n'; printf '%s\\n' ${names}; } | LC_ALL=C sort -u >"$scratch/names"
if ! { [ -e "$narrow/reached" ] && LC_ALL=C comm -23 "$scratch/names" "$narrow/reached" | cmp -s - /dev/null; }; then
  set -- "$lists"/*_Packages
  if [ -f "$1" ] && ! ls "$lists" | grep -q '_Packages\\.' && ! private apt-config dump APT::Install-Suggests | grep -qE '"(1|true|yes|on)"'; then
    rm -rf -- "$narrow" "$narrow.new"; mkdir -p "$narrow.new/partial"
    cp -p "$lists"/*Release* "$narrow.new/"
    grep -hE '^(Package|Pre-Depends|Depends|Recommends|Provides): ' "$@" | awk -v names="$scratch/names" ${REACHED} | LC_ALL=C sort >"$narrow.new/reached"
    for list; do awk -v names="$narrow.new/reached" ${CHOSEN} "$list" >"$narrow.new/\${list##*/}"; done
    mv -- "$narrow.new" "$narrow"
  fi
fi
wide=$lists wide_cache=$cache
# Goes back to all that there is, for who is not content with the answer.
widen() { [ "$lists" != "$wide" ] && lists=$wide cache=$wide_cache && mkdir -p "$cache/archives/partial"; }
[ ! -e "$narrow/reached" ] || lists=$narrow cache=$narrow/cache`
}

// What the host has is fetched only where it has changed.
const fetch = sh`if [ ! -d "$lists" ]; then
  rm -rf -- "$lists.new"; mkdir -p "$lists.new/partial"
  cp -p /var/lib/apt/lists/*_* "$lists.new/" 2>/dev/null
  private apt-get -qq -o Dir::State::lists="$lists.new" update >&2 || exit
  mv -- "$lists.new" "$lists"
fi`

/**
 * Shell code that keeps what the lists say of the packages that the answer in `$world/answer` would install: worlds in
 * which they are installed are made of it, though the lists may be others by then.
 */
export function keepStanzas(): Script {
  return sh`mkdir -p "$scratch/stanzas"
set -- $(sed -n ${String.raw`s/^Inst \([^ ]*\)\( \[[^]]*\]\)* (\([^ ]*\) .*/\1=\3/p`} "$world/answer")
[ $# = 0 ] || private apt-cache show -- "$@" | awk -v into="$scratch/stanzas" ${SPLIT}`
}

function ownStatus(packages: readonly WorldPackage[]): Script {
  const named = packages.map(({ name, architecture }) => `${name}:${architecture}`)
  const present = packages.filter(({ version }) => version !== null)
  const listed = present.filter(({ archive }) => archive === undefined)
  return joinScripts([
    sh`awk ${WITHOUT} ${named} </var/lib/dpkg/status >"$world/status.new"
awk ${WITHOUT} ${named} </var/lib/apt/extended_states >"$world/extended_states" 2>/dev/null`,
    sh`stanza() {
  if [ -e "$scratch/stanzas/$1_$2_$3" ]; then cat "$scratch/stanzas/$1_$2_$3"; return; fi
  found=$(awk -v name="$1" -v version="$2" ${ONE} /var/lib/dpkg/status)
  [ -n "$found" ] || found=$(private apt-cache -o Dir::State::status=/var/lib/dpkg/status show -- "$1=$2")
  printf '%s\\n\\n' "$found"
}`,
    ...listed.map(
      ({ name, version, architecture, hold }) =>
        sh`stanza ${name} ${version!} ${architecture} | awk -v hold=${hold ? 1 : 0} ${INSTALLED} >>"$world/status.new"`,
    ),
    ...present
      .filter(({ archive }) => archive !== undefined)
      .map(
        ({ archive }) =>
          sh`{ dpkg-deb -f ${archive!}; echo; } | awk -v hold=0 ${INSTALLED} >>"$world/status.new"`,
      ),
    ...present
      .filter(({ automatic }) => automatic)
      .map(
        ({ name, architecture }) =>
          sh`printf ${'Package: %s\\nArchitecture: %s\\nAuto-Installed: 1\\n\\n'} ${name} ${
            architecture === 'all' ? sh`"$(dpkg --print-architecture)"` : architecture
          } >>"$world/extended_states"`,
      ),
    sh`mv -- "$world/status.new" "$world/status"`,
  ])
}

// Names of packages that can be reached from some: by what they depend on or recommend, and by who provides that.
const REACHED = `function reach(name) {
  sub(/[ (:].*/, "", name)
  if (name != "" && !(name in seen)) { seen[name]; queue[++last] = name }
}
BEGIN { while ((getline name < names) > 0) reach(name) }
/^Package: / { name = substr($0, 10); next }
/^Provides: / {
  n = split(substr($0, 11), part, /, */)
  for (i = 1; i <= n; i++) { sub(/[ (:].*/, "", part[i]); providers[part[i]] = providers[part[i]] "," name }
  next
}
{ needs[name] = needs[name] "," substr($0, index($0, " ") + 1) }
END {
  for (at = 1; at <= last; at++) {
    print queue[at]
    n = split(needs[queue[at]] providers[queue[at]], part, /[,|] */)
    for (i = 1; i <= n; i++) reach(part[i])
  }
}`

// Their paragraphs of a list.
const CHOSEN = `BEGIN { while ((getline name < names) > 0) chosen[name]; RS = ""; ORS = "\\n\\n" }
substr($0, 10, index($0, "\\n") - 10) in chosen`

// Paragraphs of dpkg's or apt's database but for some packages. One for all architectures replaces one for a certain one.
const WITHOUT = `BEGIN {
  RS = ""; FS = "\\n"; ORS = "\\n\\n"
  for (i = 1; i < ARGC; i++) { full[ARGV[i]]; split(ARGV[i], part, ":"); any[part[1]]; if (part[2] == "all") all[part[1]] }
  ARGC = 1
}
{
  name = ""; arch = ""
  for (i = 1; i <= NF; i++) {
    if ($i ~ /^Package: /) name = substr($i, 10)
    if ($i ~ /^Architecture: /) arch = substr($i, 15)
  }
  if (((name ":" arch) in full) || (name in all) || (arch == "all" && name in any)) next
  print
}`

// Each paragraph to a file named after its package.
const SPLIT = `BEGIN { RS = ""; FS = "\\n" }
{
  for (i = 1; i <= NF; i++) {
    if ($i ~ /^Package: /) name = substr($i, 10)
    if ($i ~ /^Version: /) version = substr($i, 10)
    if ($i ~ /^Architecture: /) arch = substr($i, 15)
  }
  file = into "/" name "_" version "_" arch
  print $0 "\\n" > file
  close(file)
}`

// One paragraph, that of a package in a certain version.
const ONE = `BEGIN { RS = ""; FS = "\\n" }
{
  found = ""; is = ""
  for (i = 1; i <= NF; i++) {
    if ($i ~ /^Package: /) found = substr($i, 10)
    if ($i ~ /^Version: /) is = substr($i, 10)
  }
  if (found == name && is == version) { print; exit }
}`

const INSTALLED = `/^Status: / { next }
{ print }
/^Package: / { print "Status: " (hold ? "hold" : "install") " ok installed" }`
