import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { clip, GraupelError, invalid, nameNotFound } from '../../error.ts'
import { planDrawing } from '../../frame/profile-html.ts'
import { Html, html } from './html.ts'
import { number, page } from './pages.ts'
import { storedProfile } from './stored-profile.ts'

const PROFILES_MAX = 50

const HOW = html`<p>Profiles are JSON files in the folder that <code>graupel ui --profiles ./profiles</code> names: write them by
<code>graupel query ... --profile ./profiles/name.json</code>, or as <code>JSON.stringify(await frame.profile())</code>.</p>`

/** The newest profiles of `folder`, which may be undefined. */
export async function profilesPage(folder: string | undefined): Promise<string> {
  const files = folder === undefined ? [] : await newestFiles(folder)
  if (files.length === 0) return page('Profiles', HOW)
  const rows = []
  for (const { name, changed } of files) rows.push(await row(folder!, name, changed))
  return page(
    'Profiles',
    html`<table><thead><tr><th>when</th><th>profile</th><th class="n">rows</th><th class="n">ms</th><th class="n">bytes read</th></tr></thead><tbody>${rows}</tbody></table>${HOW}`,
  )
}

async function row(folder: string, name: string, changed: Date): Promise<Html> {
  const when = changed.toISOString().slice(0, 19).replace('T', ' ')
  const link = html`<a href="profile?${new URLSearchParams({ name }).toString()}">${clip(name)}</a>`
  try {
    const { rows, timeMs, scannedBytes } = await read(folder, name)
    return html`<tr><td>${when}</td><td>${link}</td><td class="n">${number(rows)}</td><td class="n">${number(Math.round(timeMs))}</td><td class="n">${number(scannedBytes)}</td></tr>`
  } catch (error) {
    if (!(error instanceof GraupelError)) throw error
    return html`<tr><td>${when}</td><td>${clip(name)}</td><td colspan="3">${error.message}</td></tr>`
  }
}

/** A profile with its plan drawn. Throws NOT_FOUND and INVALID. */
export async function profilePage(folder: string | undefined, name: string): Promise<string> {
  // Only what is listed is read, so that no name leads out of the folder.
  const names = folder === undefined ? [] : (await newestFiles(folder)).map((file) => file.name)
  if (!names.includes(name)) throw nameNotFound('profile', name, names)
  return page(name, new Html(planDrawing(await read(folder!, name))))
}

async function newestFiles(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const files = []
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.json')) continue
    const { mtime: changed } = await stat(join(folder, entry.name))
    files.push({ name: entry.name, changed })
  }
  files.sort((a, b) => b.changed.getTime() - a.changed.getTime())
  return files.slice(0, PROFILES_MAX)
}

async function read(folder: string, name: string) {
  const text = await readFile(join(folder, name), 'utf8')
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    throw invalid(`"${clip(name)}" is no JSON`, { file: name })
  }
  return storedProfile(found, name)
}
