import { describe, expect, test } from '@jest/globals'
import { outcomes } from '../../src/deployment/outcome.ts'
import { outputNames } from '../../src/report/outputs.ts'
import { text } from './files.ts'
import { readYaml } from './steps.ts'

interface Field {
  id?: string
  attributes: { options?: string[] }
  validations?: { required: boolean }
}

describe('the form for a release that went wrong', () => {
  const { body } = readYaml(text('.github/ISSUE_TEMPLATE/bug.yml')) as { body: Field[] }
  const field = (id: string) => body.find(each => each.id === id)

  test('offers every outcome, and none', () => {
    expect(field('outcome')?.attributes.options).toEqual([...outcomes, 'none'])
  })

  test('asks for the outputs that tell what happened', () => {
    for (const id of ['outcome', 'error-code', 'deployment-id'] as const) {
      expect(outputNames).toContain(id)
      expect(field(id)).toBeDefined()
    }
  })

  test('requires what is always known, and nothing that may be missing', () => {
    const required = body.filter(({ validations }) => validations?.required).map(({ id }) => id)
    expect(required).toEqual(['version', 'outcome', 'step', 'expected'])
  })
})
