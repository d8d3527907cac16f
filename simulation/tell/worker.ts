import { warmUp } from '../play/warmup.ts'
import { playSeeds } from './seeds.ts'

/** A process that receives seeds to play, `[first, last]` at a time, and sends back the figures. */
await warmUp()
process.on('message', (given: [first: number, last: number]) => {
  void playSeeds(...given).then(figures => process.send?.(figures))
})
process.send?.('ready')
