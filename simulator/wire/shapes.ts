/** Where in a REST request a member travels; in the JSON body when nothing is said. */
export type Place = { in: 'path' } | { in: 'payload' } | { in: 'query' | 'header'; as: string }

/** What a service accepts. Limits are those of the API model, and are checked where the service itself checks them so. */
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
  /** A fraction is refused unless this is set. */
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
  /** Name in the API model. */
  name: string
  members: Record<string, Shape>
  required: readonly string[]
  place?: Place
}

export type Shape = TextShape | NumberShape | PlainShape | ListShape | MapShape | StructureShape

/** An operation on the wire. The method that answers it has the same name with a small first letter. */
export interface Operation {
  name: string
  input: StructureShape
  /** Of REST services: method, path with `{Labels}`, and the status of success. */
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
