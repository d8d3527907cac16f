import { posix, win32 } from 'node:path'
import { expect, test } from '@jest/globals'
import { nodeHere } from '../../simulator/nodehere.ts'

test.each([
  {
    name: 'in the folder',
    program: '/home/me/action/node_modules/node/bin/node',
    folder: '/home/me/action',
    path: posix,
    word: 'node_modules/node/bin/node'
  },
  {
    name: 'elsewhere',
    program: '/usr/bin/node',
    folder: '/home/me/action',
    path: posix,
    word: '/usr/bin/node'
  },
  {
    name: 'in the folder on Windows',
    program: 'D:\\a\\action\\node_modules\\node\\bin\\node.exe',
    folder: 'd:\\a\\action',
    path: win32,
    word: 'node_modules/node/bin/node.exe'
  },
  {
    name: 'on another drive of Windows, with a space',
    program: 'C:\\Program Files\\nodejs\\node.exe',
    folder: 'D:\\a\\action',
    path: win32,
    word: "'C:/Program Files/nodejs/node.exe'"
  }
])('a Node $name is named so that bash finds it', ({ program, folder, path, word }) => {
  expect(nodeHere(program, folder, path)).toBe(word)
})
