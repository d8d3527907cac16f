import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { workspaceFile } from '../src/workspace.ts'

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

test('a file that is too large is not read', () => {
  writeFileSync(join(folder, 'large.json'), Buffer.alloc(50 * 1024 * 1024 + 1))
  expect(read('large.json')).toEqual({ problem: 'the file has 52428801 bytes' })
})
