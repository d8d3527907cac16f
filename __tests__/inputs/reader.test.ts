import { expect, test } from '@jest/globals'
import { InputError } from '../../src/inputs/reader.ts'

test('all problems with the inputs are one error, one line each', () => {
  const error = new InputError(['alias: required', "wait: got 'yes'"])
  expect({ name: error.name, message: error.message, problems: error.problems }).toEqual({
    name: 'InputError',
    message: "alias: required\nwait: got 'yes'",
    problems: ['alias: required', "wait: got 'yes'"]
  })
})
