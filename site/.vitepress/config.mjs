import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineConfig } from 'vitepress'

const source = resolve(import.meta.dirname, '../.src')

/** Links to those pages that are there. */
const pages = (entries) =>
  Object.entries(entries)
    .filter(([link]) => existsSync(join(source, `${link}.md`)))
    .map(([link, text]) => ({ text, link: `/${link}` }))

const examples = readdirSync(join(source, 'examples'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ text: name.slice(0, -3), link: `/examples/${name.slice(0, -3)}` }))

export default defineConfig({
  title: 'Graupel',
  description: 'A Snowflake-style database in a TypeScript library',
  srcDir: '.src',
  outDir: 'dist',
  cacheDir: '.cache',
  // Text of users' types, such as Promise<Row>, is text and not a tag.
  markdown: { html: false },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/start' },
      { text: 'API', link: '/api/' },
      { text: 'Changes', link: '/changelog' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: pages({
          start: 'Start',
          concepts: 'Concepts',
          loading: 'Loading',
          querying: 'Querying',
          functions: 'Functions',
          types: 'Types',
          'changing-data': 'Changing data',
          looking: 'Looking at data',
          testing: 'Testing your pipeline',
          errors: 'Errors by code',
        }),
      },
      {
        text: 'In production',
        items: pages({
          s3: 'Lakes in a bucket',
          operating: 'Operating',
          performance: 'Performance',
          format: 'Storage format',
        }),
      },
      {
        text: 'Coming from',
        items: pages({ 'coming-from': 'Polars, pandas, SQL', coverage: 'Snowpark, verb by verb' }),
      },
      { text: 'Examples', items: examples },
      {
        text: 'Inside',
        collapsed: true,
        items: pages({
          ARCHITECTURE: 'Architecture',
          invariants: 'Invariants',
          'decisions/index': 'Decisions',
          contributing: 'Contributing',
          changelog: 'Changelog',
        }),
      },
    ],
  },
})
