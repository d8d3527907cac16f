import type { PackedFile } from '../src/packaging/archive.ts'
import type { DiskPort } from '../src/packaging/package.ts'

/** A file by its text or its bytes, or a link by where it points. */
type Content = string | Uint8Array | { link: string } | { program: string }

/** A disk in memory: folders of files by name, and files. Everything else is missing. */
export const diskOf = (
  tree: Readonly<Record<string, Readonly<Record<string, Content>> | Uint8Array>>
): DiskPort => ({
  onDisk: async path => {
    const found = tree[path]
    if (found === undefined) return { kind: 'missing' }
    if (found instanceof Uint8Array) return { kind: 'file', size: found.length, read: async () => found }
    return { kind: 'folder', files: Object.entries(found).map(([name, content]) => fileOf(name, content)) }
  }
})

function fileOf(name: string, content: Content): PackedFile {
  const isText = typeof content === 'string' || content instanceof Uint8Array
  const text = isText ? content : 'link' in content ? content.link : content.program
  const bytes = typeof text === 'string' ? new Uint8Array(Buffer.from(text)) : text
  return {
    name,
    isExecutable: !isText && 'program' in content,
    ...(!isText && 'link' in content && { link: content.link }),
    size: bytes.length,
    read: async () => bytes
  }
}
