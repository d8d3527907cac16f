import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/** Trouble of GitHub's endpoint for OIDC tokens, which passes. */
export interface TokenTrouble {
  kind: 'reset' | 'silence' | 'page' | 429 | 500 | 503
  /** How often tokens are asked for before it begins, and how often in vain after that. */
  skip: number
  times: number
}

/** Often enough, the endpoint has trouble when the step or, after a kill, post needs a token. Drawn apart, as all the others are. */
export function withTokenTrouble(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!scene.role || !first || !chance.is(0.4)) return scene
  const tokenTrouble: TokenTrouble = {
    kind: chance.weighted<TokenTrouble['kind']>([
      ['reset', 3],
      ['silence', 3],
      ['page', 1],
      [429, 2],
      [500, 2],
      [503, 2]
    ]),
    skip: chance.is(0.4) ? 0 : chance.between(1, 3),
    times: chance.is(0.5) ? 1 : chance.spread(2, 60)
  }
  const killed = {
    kind: 'SIGKILL' as const,
    at: { after: 'create' as const, ms: chance.spread(100, 240_000) }
  }
  const isKilled = chance.is(0.3)
  return {
    ...scene,
    role: { ...scene.role, tokenTrouble },
    steps: [isKilled ? { ...first, signals: [...first.signals, killed] } : first, ...others]
  }
}
