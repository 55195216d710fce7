// Beside every text file of a finished build, the same made small: a server then compresses nothing.
// Called as `node scripts/precompress.js FOLDER`.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.map'])
const SMALL = 512 // below this nothing is won

const folder = process.argv[2]
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (!entry.isFile() || !TEXT.has(extname(entry.name))) continue
  const whole = readFileSync(path)
  if (whole.length < SMALL) continue
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: whole.length }
  writeFileSync(`${path}.br`, brotliCompressSync(whole, { params }))
  writeFileSync(`${path}.gz`, gzipSync(whole, { level: constants.Z_BEST_COMPRESSION }))
}
