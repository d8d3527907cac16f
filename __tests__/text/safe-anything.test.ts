import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseCommand, registered } from '../../simulator/runner/commands.ts'
import { attribute, fenced, inert, markdown, plain, quoted } from '../../src/text/safe.ts'

/** Pieces of commands, line ends, fences, tags and tricks with invisible characters. */
const fragments = [
  ...['::', ':', '##[', '##', '#', '[', ']', ' ', ' title=x', '%0A', '\t', '\u00a0', '\u3000'],
  ...['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029', '\0', '\b', '\u001b[31m', '\u001c'],
  ...['\u200b', '\ufeff', '\u00ad', '\u202e', '\u{e0001}', '\ud800', '\udc00', '💶'],
  ...['`', '```', '~~~', '|', '<', '</code>', '&', '&#60;', '"', "'", '@', 'https://', 'www.', '\\'],
  ...registered
]
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 12 }).map(parts => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(...registered).map(name => `::${name}::x\n ::${name} title=a::b\r##[${name}]c`)
)

/** Lines as the runner splits them. */
const linesOf = (text: string) => text.split(/\r\n|\n|\r/)
const commandsIn = (text: string) => linesOf(text).filter(line => parseCommand(line))
const deceiving = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const anyText = (claim: (text: string) => void) => fc.assert(fc.property(hostile, claim), { numRuns: 1_000 })

describe('whatever the text,', () => {
  test('it can be a command before it is made safe', () => {
    expect(
      fc.sample(hostile, { numRuns: 500, seed: 1 }).filter(text => commandsIn(text).length > 0)
    ).not.toEqual([])
  })

  test('in a sentence it is one well-formed line in which nothing acts, hides or deceives', () => {
    anyText(text => {
      const shown = plain(text)
      expect(commandsIn(`Why:  ${shown}`)).toEqual([])
      expect(shown.isWellFormed()).toBe(true)
      expect(shown).not.toMatch(deceiving)
    })
  })

  test('quoted, each line comes after a bar, and none is a command', () => {
    anyText(text => {
      const shown = quoted(text)
      expect(shown.flatMap(commandsIn)).toEqual([])
      expect(
        shown.filter(line => !line.startsWith('│ ') || deceiving.test(line) || !line.isWellFormed())
      ).toEqual([])
    })
  })

  test('the last gate before the log lets no command through, even from text that nobody made safe', () => {
    anyText(text => {
      expect(commandsIn(inert(text))).toEqual([])
      expect(commandsIn(inert(plain(text)))).toEqual([])
    })
  })

  test('in the summary none of it is Markdown or HTML, and a reader sees what it was', () => {
    anyText(text => {
      const shown = markdown(text)
      const entity = /&#(\d+);/g
      expect(shown.replace(entity, '')).toMatch(/^[^!"#$&'()*+<=>?@[\\\]^_`{|}~]*$/u)
      expect(shown).not.toMatch(/www\.|:\/\/|\n/i)
      expect(shown.replace(entity, (_, number) => String.fromCodePoint(Number(number)))).toBe(plain(text))
      expect(commandsIn(`| ${shown} |`)).toEqual([])
    })
  })

  test('in an attribute it ends neither the value nor the tag', () => {
    anyText(text => {
      expect(attribute(text)).not.toMatch(/["'<>\n]|&(?!#\d+;)/)
    })
  })

  test('in a block it cannot end the fence', () => {
    anyText(text => {
      const [first = '', ...rest] = fenced(text).split('\n')
      const last = rest.pop()
      expect(first).toMatch(/^`{3,}$/)
      expect(last).toBe(first)
      expect(
        rest.filter(line => line.includes(first) || deceiving.test(line) || !line.isWellFormed())
      ).toEqual([])
    })
  })
})
