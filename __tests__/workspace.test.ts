import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { problemOf, workspaceFile } from '../src/workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'workspace-'))
const read = workspaceFile({ GITHUB_WORKSPACE: folder })

afterAll(() => rmSync(folder, { recursive: true }))

test('a path is read from the root of the workspace, or as an absolute one', () => {
  mkdirSync(join(folder, 'events'))
  writeFileSync(join(folder, 'events', 'charge.json'), '\ufeff{"amount": 1}')
  expect(read('events/charge.json')).toEqual({ text: '{"amount": 1}' })
  expect(read(join(folder, 'events', 'charge.json'))).toEqual({ text: '{"amount": 1}' })
})

test('what cannot be read says why', () => {
  expect(read('refund.json')).toEqual({ problem: 'there is no such file' })
  expect(read('.')).toEqual({ problem: 'it is a folder' })
  expect(read('\0')).toMatchObject({ problem: expect.stringMatching(/^it cannot be read \(/) })
})

// Windows PowerShell, which shell: powershell means, writes UTF-16; PowerShell 7 and everybody else write UTF-8.
test.each([
  { name: 'UTF-8', bytes: Buffer.from('{"name": "Zoë"}\r\n') },
  { name: 'UTF-8 with a mark', bytes: Buffer.from('\ufeff{"name": "Zoë"}\r\n') },
  {
    name: 'UTF-16, as Windows PowerShell writes it',
    bytes: Buffer.from('\ufeff{"name": "Zoë"}\r\n', 'utf16le')
  },
  {
    name: 'UTF-16 with the other order of bytes',
    bytes: Buffer.from('\ufeff{"name": "Zoë"}\r\n', 'utf16le').swap16()
  }
])('a text is read when it is $name', ({ bytes }) => {
  writeFileSync(join(folder, 'text.json'), bytes)
  expect(read('text.json')).toEqual({ text: '{"name": "Zoë"}\r\n' })
})

test('a pipe is not read: that would never end', () => {
  execFileSync('mkfifo', [join(folder, 'queue')])
  expect(read('queue')).toEqual({ problem: 'it is not a file' })
})

test.each([
  { code: 'ENOENT', says: 'there is no such file' },
  { code: 'ENOTDIR', says: 'there is no such file' },
  { code: 'EACCES', says: 'it may not be read' },
  // What Windows says for EACCES, and for a file that another program has locked.
  { code: 'EPERM', says: 'it may not be read' },
  { code: 'EBUSY', says: 'another program has locked it' },
  { code: 'EIO', says: 'it cannot be read (Error: no)' }
])('$code means: $says', ({ code, says }) => {
  expect(problemOf(Object.assign(new Error('no'), { code }))).toBe(says)
})

test('a file that is too large is not read', () => {
  writeFileSync(join(folder, 'large.json'), Buffer.alloc(50 * 1024 * 1024 + 1))
  expect(read('large.json')).toEqual({ problem: 'the file has 52428801 bytes' })
})
