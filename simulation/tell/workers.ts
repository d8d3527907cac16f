import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { add, type Figures, noFigures } from './figures.ts'

/** Seeds that a worker gets at a time. */
const handful = 50

/** Plays many seeds on several cores. Throws when a worker dies. */
export async function playOnWorkers(first: number, last: number, jobs: number): Promise<Figures> {
  const sum = noFigures()
  let next = first
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)))
      worker.on('message', (message: 'ready' | Figures) => {
        if (message !== 'ready') add(sum, message)
        if (next > last) {
          worker.disconnect()
          return resolve()
        }
        worker.send([next, Math.min(last, next + handful - 1)])
        next += handful
      })
      worker.on('error', reject)
      worker.on('exit', code => (code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}`))))
    })
  await Promise.all(Array.from({ length: jobs }, work))
  return sum
}
