// Makes a release ready, and publishes it only when told so:
//   npm run release 0.2.0                      checks everything, writes nothing but the archive's list
//   npm run release 0.2.0 -- --publish   then tags the commit and runs `npm publish`
// The version in package.json and the section of CHANGELOG.md are written by hand before.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a release is made of. */
interface ReleaseState {
  /** The parsed package.json. */
  readonly manifest: { readonly version: string }
  /** The text of CHANGELOG.md. */
  readonly changelog: string
  /** What `git status --porcelain` says. */
  readonly status: string
  /** The tags that there are. */
  readonly tags: readonly string[]
}

/** What stands in the way of releasing `version`; an empty list when nothing does. */
export function obstacles(
  version: string,
  { manifest, changelog, status, tags }: ReleaseState,
): string[] {
  const found: string[] = []
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return [`"${version}" is no version`]
  if (status.trim() !== '') found.push('the work tree has changes that are not committed')
  if (manifest.version !== version) found.push(`package.json has version ${manifest.version}`)
  if (tags.includes(`v${version}`)) found.push(`there is a tag v${version} already`)
  const section = sectionOf(version, changelog)
  if (section === undefined) found.push(`CHANGELOG.md has no section "## ${version} (YYYY-MM-DD)"`)
  else if (section === '') found.push(`the section of ${version} in CHANGELOG.md is empty`)
  return found
}

/** What CHANGELOG.md says of a version that has a date; undefined when it has no such section. */
export function sectionOf(version: string, changelog: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1)
  const found = sections.find((text) => text.startsWith(`${version} (`))
  if (found === undefined || !/^\S+ \(\d{4}-\d{2}-\d{2}\)\n/.test(found)) return undefined
  return found.slice(found.indexOf('\n')).trim()
}

const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' })
const npm = (...args: string[]) => execFileSync('npm', args, { stdio: 'inherit' })

function release(version: string, { publish }: { readonly publish: boolean }): void {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const changelog = readFileSync('CHANGELOG.md', 'utf8')
  const tags = git('tag', '--list').split('\n')
  const found = obstacles(version, {
    manifest,
    changelog,
    status: git('status', '--porcelain'),
    tags,
  })
  if (found.length > 0) {
    for (const reason of found) console.error(`- ${reason}`)
    process.exitCode = 1
    return
  }
  for (const script of ['check', 'test', 'docs']) npm('run', script)
  execFileSync(process.execPath, ['scripts/stranger.mjs', '--matrix'], { stdio: 'inherit' })
  npm('pack', '--dry-run')
  console.log(`\n${version} is ready:\n\n${sectionOf(version, changelog)}\n`)
  if (!publish) {
    console.log('Nothing was published; add --publish.')
    return
  }
  npm('publish', '--access', 'public')
  git(
    'tag',
    '--annotate',
    `v${version}`,
    '--message',
    `${version}\n\n${sectionOf(version, changelog)}`,
  )
  console.log(`published and tagged v${version}; push the tag`)
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  const [version = '', ...flags] = process.argv.slice(2)
  release(version, { publish: flags.includes('--publish') })
}
