import { freshMs, staleMs } from './deleting.ts'
import { actedAt, answered, deploymentsBeside, visibleText } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

export const listsWhatOnlyDurabilityKeeps: Invariant = {
  id: '18i',
  claims:
    'no version is told to stay for its durability alone that another alias needs to go back: it would be deleted by hand',
  check: (played, world) => {
    const told = toldOf(played)
    const [asked] = answered(played, world, 'ListVersionsByFunction')
    if (told.length === 0 || !asked) return undefined
    const before = actedAt(asked, world) - freshMs - staleMs - 3 * world.scene.latency.highMs
    const beside = deploymentsBeside(played, world)
    // Somebody may have begun to move an alias when it had just been read.
    if (beside.some(({ createdMs }) => createdMs > before)) return undefined
    const newest = [...beside].sort((a, b) => b.createdMs - a.createdMs)[0]?.appSpec
    const needed = [newest?.currentVersion, newest?.targetVersion]
    const bad = told.find(version => needed.includes(version))
    return bad && `told that only durable executions keep version ${bad}, which another alias needs`
  }
}

/** The versions that the step tells to stay because durable executions may run on them. */
function toldOf(played: FunctionStep): string[] {
  const text = visibleText(played)
  const [, list = ''] =
    new RegExp(`Old versions of ${played.names.functionName}: .*\\(([^)]*)\\) stays?: durable`).exec(text) ??
    []
  return list.split(', ').flatMap(range => {
    const [first = '', last = first] = range.split('–')
    if (first === '') return []
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) =>
      String(Number(first) + index)
    )
  })
}
