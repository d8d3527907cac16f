/**
 * The problems of a Mermaid diagram. Mermaid's own parser for flow charts needs a browser, so this is a grammar of what the pages use:
 * nodes are declared once, on lines of their own, before the arrows between them; participants before their messages.
 */
export function diagramProblems(diagram: string): string[] {
  const [kind = '', ...lines] = diagram
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  switch (kind) {
    case 'flowchart TD':
      return flowProblems(lines)
    case 'sequenceDiagram':
      return sequenceProblems(lines)
    default:
      return [`${kind} is no kind of diagram that the pages use`]
  }
}

function flowProblems(lines: readonly string[]): string[] {
  const declared = new Map<string, number>()
  const linked = new Set<string>()
  const problems: string[] = []
  for (const line of lines) {
    const [, node, open, , close] = /^(\w+)([[{])("[^"]+")([\]}])$/.exec(line) ?? []
    const [, from, to] = /^(\w+) (?:-->|-- [\w ]+ -->) (\w+)$/.exec(line) ?? []
    if (node !== undefined && `${open}${close}`.match(/^(\[\]|\{\})$/))
      declared.set(node, (declared.get(node) ?? 0) + 1)
    else if (from !== undefined && to !== undefined) for (const each of [from, to]) linked.add(each)
    else problems.push(`cannot be read: ${line}`)
  }
  return [
    ...problems,
    ...[...declared].filter(([, times]) => times > 1).map(([node]) => `${node} is declared twice`),
    ...[...linked].filter(node => !declared.has(node)).map(node => `${node} is not declared`),
    ...[...declared.keys()].filter(node => !linked.has(node)).map(node => `${node} stands alone`)
  ]
}

function sequenceProblems(lines: readonly string[]): string[] {
  const participants = new Set<string>()
  const problems: string[] = []
  let depth = 0
  for (const line of lines) {
    const [, participant] = /^participant (\w+)$/.exec(line) ?? []
    const [, from, to] = /^(\w+)(?:->>|-->>)(\w+): [^;#]+$/.exec(line) ?? []
    if (participant !== undefined) participants.add(participant)
    else if (from !== undefined && to !== undefined) {
      for (const each of [from, to]) if (!participants.has(each)) problems.push(`${each} is not declared`)
    } else if (/^(loop|opt) [\w ]+$/.test(line)) depth++
    else if (line === 'end') depth--
    else problems.push(`cannot be read: ${line}`)
  }
  return depth === 0 ? problems : [...problems, 'a loop is not ended']
}
