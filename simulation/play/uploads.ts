import type { Lambda } from '../../simulator/lambda/lambda.ts'

/** An update of a function's code that Lambda has made. */
export interface Upload {
  functionName: string
  /** Epoch ms. */
  at: number
  /** SHA-256 of the code before and after it. */
  before: string
  after: string
  bySomebody: boolean
  /** What was asked, the same object that is on record with the request. */
  input: unknown
}

/** Remembers who uploaded what. */
export class Uploads {
  readonly all: Upload[] = []

  /** `note` gets the rest of what is known of each upload. */
  constructor(lambda: Lambda, note: () => Pick<Upload, 'at' | 'bySomebody'>) {
    const update = lambda.updateFunctionCode.bind(lambda)
    lambda.updateFunctionCode = (input, caller) => {
      const functionName = input.FunctionName ?? ''
      const shaOf = () => lambda.getFunctionConfiguration({ FunctionName: functionName }).CodeSha256 ?? ''
      const before = shaOf()
      const answer = update(input, caller)
      if (!input.DryRun) this.all.push({ functionName, before, after: shaOf(), input, ...note() })
      return answer
    }
  }
}
