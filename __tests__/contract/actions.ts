import { sources, text } from './files.ts'

/** The IAM actions that src/ asks AWS for, as it spells them when one is denied; sorted. */
export function calledActions(): string[] {
  const code = sources('src').map(text).join('\n')
  return [...new Set(code.match(/(?<=')(cloudwatch|lambda|codedeploy|logs|s3):[A-Z]\w+(?=')/g))].sort()
}

/** The operations of the SDK's commands that src/ imports; sorted. */
export function importedOperations(): string[] {
  const code = sources('src/aws').map(text).join('\n')
  return [...new Set([...code.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name))].sort()
}
