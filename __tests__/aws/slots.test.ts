import { expect, test } from '@jest/globals'
import { Slots } from '../../src/aws/slots.ts'

const never = new AbortController().signal

test('at most so many have a slot at once, and the others get one in turn', async () => {
  const slots = new Slots(2)
  const order: string[] = []
  const enter = (name: string) => slots.take(never).then(() => order.push(name))
  await Promise.all([enter('first'), enter('second')])
  const waiting = [enter('third'), enter('fourth')]
  await Promise.resolve()
  expect(order).toEqual(['first', 'second'])
  slots.free()
  await waiting[0]
  expect(order).toEqual(['first', 'second', 'third'])
  slots.free()
  await waiting[1]
  expect(order).toEqual(['first', 'second', 'third', 'fourth'])
})

test('who is cancelled gets no slot, and takes none from those behind', async () => {
  const slots = new Slots(1)
  const cancelling = new AbortController()
  await slots.take(never)
  const cancelled = slots.take(cancelling.signal)
  const next = slots.take(never)
  cancelling.abort()
  expect(await cancelled).toBe(false)
  slots.free()
  expect(await next).toBe(true)
  expect(await slots.take(cancelling.signal)).toBe(false)
  slots.free()
  expect(await slots.take(never)).toBe(true)
})
