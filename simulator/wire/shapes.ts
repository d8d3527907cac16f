/** Where a member goes in a REST request; by default in the JSON body. */
export type Place = { in: 'path' } | { in: 'payload' } | { in: 'query' | 'header'; as: string }

/** What a service accepts. Limits are those of the API model, where the service itself enforces them this way. */
export interface TextShape {
  is: 'text'
  min?: number
  max?: number
  pattern?: RegExp
  oneOf?: readonly string[]
  place?: Place
}

export interface NumberShape {
  is: 'number'
  /** Unless this is set, fractions are refused. */
  fraction?: boolean
  min?: number
  max?: number
  place?: Place
}

export interface PlainShape {
  is: 'flag' | 'timestamp' | 'blob'
  place?: Place
}

export interface ListShape {
  is: 'list'
  of: Shape
  min?: number
  max?: number
  place?: Place
}

export interface MapShape {
  is: 'map'
  of: Shape
  keys?: TextShape
  place?: Place
}

export interface StructureShape {
  is: 'structure'
  /** The name in the API model. */
  name: string
  members: Record<string, Shape>
  required: readonly string[]
  place?: Place
}

export type Shape = TextShape | NumberShape | PlainShape | ListShape | MapShape | StructureShape

/** An operation on the wire. The method for it has the same name with a lower-case first letter. */
export interface Operation {
  name: string
  input: StructureShape
  /** For REST services: method, path with `{Labels}`, and the status of success. */
  http?: { method: string; path: string; status: number }
}

export const text = (limits: Omit<TextShape, 'is'> = {}): TextShape => ({ is: 'text', ...limits })
export const count = (limits: Omit<NumberShape, 'is'> = {}): NumberShape => ({ is: 'number', ...limits })
export const flag: PlainShape = { is: 'flag' }
export const timestamp: PlainShape = { is: 'timestamp' }
export const blob: PlainShape = { is: 'blob' }
export const listOf = (of: Shape, limits: { min?: number; max?: number } = {}): ListShape => ({
  is: 'list',
  of,
  ...limits
})
export const mapOf = (of: Shape, keys?: TextShape): MapShape => ({ is: 'map', of, ...(keys && { keys }) })
export const structure = (
  name: string,
  members: Record<string, Shape>,
  required: readonly string[] = []
): StructureShape => ({ is: 'structure', name, members, required })
