import { readFileSync, writeFileSync } from 'node:fs'
import { listSettings } from './schema.ts'
import type { AboutSetting } from './setting.ts'

const begin = '<!-- settings: written by "node config/settings-table.ts" -->'
const end = '<!-- end of settings -->'

/** The README with its table of settings brought up to date. */
export function renewSettingsTable(readme: string): string {
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from < 0 || to < from) throw new Error(`The README needs the lines ${begin} and ${end}.`)
  return `${readme.slice(0, from + begin.length)}\n\n${renderSettingsTable()}\n\n${readme.slice(to)}`
}

function renderSettingsTable(): string {
  const rows = listSettings().map(about => `| \`${about.variable}\` | ${describeDefault(about)} | ${describe(about)} |`)
  return ['| Setting | Default | What it is |', '| --- | --- | --- |', ...rows].join('\n')
}

function describeDefault(about: AboutSetting): string {
  if (about.default === undefined || about.default === '') return '–'
  return `\`${about.default}\`${about.unit === undefined ? '' : ` ${about.unit}`}`
}

function describe(about: AboutSetting): string {
  const text = about.documentation.replaceAll('|', '\\|')
  return about.secret ? `${text} *Secret.*` : text
}

if (import.meta.main) {
  const readme = new URL('../README.md', import.meta.url)
  writeFileSync(readme, renewSettingsTable(readFileSync(readme, 'utf8')))
}
