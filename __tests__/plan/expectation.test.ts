import { expect, test } from '@jest/globals'
import { difference } from '../../src/plan/expectation.ts'
import { parsedExactly } from '../../src/text/exactjson.ts'

const answer = {
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  items: [{ id: 1, name: 'one' }, { id: 2 }],
  next: null
}

test.each<{ name: string; expected: unknown }>([
  { name: 'some of its members', expected: { statusCode: 200 } },
  { name: 'members of members', expected: { headers: { 'content-type': 'application/json' } } },
  { name: 'some members of the elements of a list', expected: { items: [{ id: 1 }, { id: 2 }] } },
  { name: 'null', expected: { next: null } },
  { name: 'no member in particular', expected: {} },
  { name: 'all of it', expected: answer }
])('an answer contains $name', ({ expected }) => {
  expect(difference(expected, answer)).toBeUndefined()
})

test.each<{ expected: string; found: string; isSame: boolean }>([
  { expected: '12345678901234567891', found: '12345678901234567891', isSame: true },
  { expected: '12345678901234567891', found: '12345678901234567892', isSame: false },
  { expected: '12345678901234567891', found: '12345678901234567000', isSame: false },
  { expected: '12345678901234567890', found: '1.234567890123456789e19', isSame: true },
  { expected: '0.30000000000000000001', found: '0.3', isSame: false },
  { expected: '1e400', found: '1e401', isSame: false },
  { expected: '1e400', found: '10E399', isSame: true },
  { expected: '200', found: '200.0', isSame: true },
  { expected: '2e2', found: '200', isSame: true },
  { expected: '-0', found: '0', isSame: true },
  { expected: '-1.50', found: '1.5', isSame: false },
  { expected: '1.0', found: '"1.0"', isSame: false },
  { expected: '{}', found: '1.0', isSame: false },
  { expected: '{"rawJSON":"1.0"}', found: '1.0', isSame: false }
])('$expected and $found are the same: $isSame', ({ expected, found, isSame }) => {
  const [wants, has] = [expected, found].map(each => parsedExactly(`{"id": ${each}}`))
  expect(difference(wants, has) === undefined).toBe(isSame)
})

test.each<{ name: string; expected: unknown; found?: unknown; path: string; has: unknown; wants: unknown }>([
  { name: 'another value', expected: { statusCode: 201 }, path: '.statusCode', has: 200, wants: 201 },
  { name: 'another type', expected: { statusCode: '200' }, path: '.statusCode', has: 200, wants: '200' },
  { name: 'no such member', expected: { body: '' }, path: '.body', has: undefined, wants: '' },
  {
    name: 'a member that every object inherits',
    expected: { constructor: null },
    path: '.constructor',
    has: undefined,
    wants: null
  },
  {
    name: 'a member with an odd name',
    expected: { headers: { 'content-type': 'text/html' } },
    path: '.headers["content-type"]',
    has: 'application/json',
    wants: 'text/html'
  },
  {
    name: 'a list of another length',
    expected: { items: [{ id: 1 }] },
    path: '.items',
    has: answer.items,
    wants: [{ id: 1 }]
  },
  {
    name: 'another element',
    expected: { items: [{ id: 1 }, { id: 3 }] },
    path: '.items[1].id',
    has: 2,
    wants: 3
  },
  { name: 'a list, not an object', expected: { items: {} }, path: '.items', has: answer.items, wants: {} },
  { name: 'an object, not a list', expected: [], path: '', has: answer, wants: [] },
  { name: 'nothing at all', expected: { a: 1 }, found: null, path: '', has: null, wants: { a: 1 } },
  {
    name: 'the first of several differences',
    expected: { next: 1, statusCode: 1 },
    path: '.next',
    has: null,
    wants: 1
  }
])('an answer differs: $name', ({ expected, found = answer, path, has, wants }) => {
  expect(difference(expected, found)).toEqual({ path, found: has, expected: wants })
})
