import { expect, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import { diskOf } from '../../simulator/disk.ts'
import { archive, type PackedFile } from '../../src/packaging/archive.ts'

async function filesOf(tree: Parameters<typeof diskOf>[0][string]): Promise<readonly PackedFile[]> {
  const found = await diskOf({ dist: tree }).onDisk('dist')
  if (found.kind !== 'folder') throw new Error('not a folder')
  return found.files
}

const tree = {
  'index.mjs': 'export const handler = async () => 1\n',
  bootstrap: { program: '#!/bin/sh\n' },
  'node_modules/.bin/tool': { link: '../tool/cli.js' },
  'node_modules/tool/cli.js': 'console.log(1)\n'.repeat(1000),
  'Ü.txt': 'ü',
  'empty.txt': ''
}

/** What the central directory says of each entry: the system that made it, its mode, its date. */
function directoryOf(bytes: Uint8Array): Record<string, string> {
  const data = Buffer.from(bytes)
  const entries: Record<string, string> = {}
  for (let at = data.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; ) {
    const length = data.readUInt16LE(at + 28)
    const name = data.subarray(at + 46, at + 46 + length).toString()
    const mode = (data.readUInt32LE(at + 38) >>> 16).toString(8)
    entries[name] = `${data[at + 5]} ${mode} ${data.readUInt16LE(at + 14)} ${data.readUInt16LE(at + 12)}`
    at = data.indexOf('PK\x01\x02', at + 46 + length, 'latin1')
  }
  return entries
}

test('an archive holds the files, sorted by their names, without folders', async () => {
  const bytes = await archive(await filesOf(tree))
  const found = Object.entries(unzipSync(bytes)).map(([name, content]) => [
    name,
    Buffer.from(content).toString()
  ])
  expect(found).toEqual([
    ['bootstrap', '#!/bin/sh\n'],
    ['empty.txt', ''],
    ['index.mjs', 'export const handler = async () => 1\n'],
    ['node_modules/.bin/tool', '../tool/cli.js'],
    ['node_modules/tool/cli.js', 'console.log(1)\n'.repeat(1000)],
    ['Ü.txt', 'ü']
  ])
})

test('it keeps what may be executed and what is a link, as Unix does, and says nothing of when it was made', async () => {
  // 33: 1 January 1980. 24576: noon.
  expect(directoryOf(await archive(await filesOf(tree)))).toEqual({
    bootstrap: '3 100755 33 24576',
    'empty.txt': '3 100644 33 24576',
    'index.mjs': '3 100644 33 24576',
    'node_modules/.bin/tool': '3 120777 33 24576',
    'node_modules/tool/cli.js': '3 100644 33 24576',
    'Ü.txt': '3 100644 33 24576'
  })
})

test('it is the same to the byte, in whatever order the disk lists the files', async () => {
  const files = await filesOf(tree)
  const [one, other] = [await archive(files), await archive([...files].reverse())]
  expect(Buffer.compare(one, other)).toBe(0)
})

test('it is another one when a file may be executed that could not be before', async () => {
  const one = await archive(await filesOf({ run: '#!/bin/sh\n' }))
  const other = await archive(await filesOf({ run: { program: '#!/bin/sh\n' } }))
  expect(Buffer.compare(one, other)).not.toBe(0)
})
