import { availableParallelism } from 'node:os'

export default {
  // Whole releases are played in one test, and the machine may be busy.
  testTimeout: 60_000,
  // Two processes on two cores: a single one grows until it mostly collects garbage.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testMatch: ['**/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }
    ]
  },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/dist/']
}
