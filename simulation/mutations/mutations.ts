import type { Mutation } from './mutation.ts'
import { asking } from './planted/asking.ts'
import { operating } from './planted/operating.ts'
import { releasing } from './planted/releasing.ts'
import { running } from './planted/running.ts'
import { watching } from './planted/watching.ts'

/** The simulation has to catch every one of these: `npm run simulate -- --mutations`. */
export const mutations: readonly Mutation[] = [...asking, ...operating, ...releasing, ...watching, ...running]
