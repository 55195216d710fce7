/** What the first page loads, compressed: over the budget the build fails. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 200 * 1024
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

/** The entry and all that it imports at once, with their styles; what is imported later loads later. */
function loadedAtOnce(name, seen = new Set()) {
  if (!seen.has(name)) {
    seen.add(name)
    for (const other of manifest[name].imports ?? []) loadedAtOnce(other, seen)
  }
  return seen
}

const chunks = new Set()
/** Beside the app, with what it starts by and the list of leads, one language. */
const first = ['src/main.tsx', 'src/locales/pt-BR/index.ts']
for (const entry of first) for (const name of loadedAtOnce(entry)) chunks.add(name)

const files = new Set([...chunks].flatMap((name) => [manifest[name].file, ...(manifest[name].css ?? [])]))
const sizes = [...files].map((file) => [file, gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length])
const total = sizes.reduce((sum, [, size]) => sum + size, 0)
for (const [file, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} kB  ${file}`)
console.log(`${(total / 1024).toFixed(1).padStart(7)} kB  the first page, gzip, of ${BUDGET / 1024} kB`)
if (total > BUDGET) {
  console.error('The first page is over its budget.')
  process.exit(1)
}
