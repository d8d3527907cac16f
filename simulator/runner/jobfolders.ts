import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { lines, pairs, paths } from './filecommands.ts'
import { type JobLog, setIgnoringCase } from './joblog.ts'
import type { Masks } from './masks.ts'
import type { Os } from './os.ts'

/** Which variable names each file, and how the file's own name begins. */
const PREFIXES = {
  path: 'add_path',
  env: 'set_env',
  step_summary: 'step_summary',
  state: 'save_state',
  output: 'set_output'
} as const
type FileCommand = keyof typeof PREFIXES
const FILES = Object.keys(PREFIXES) as FileCommand[]
const SUMMARY_LIMIT_BYTES = 1024 * 1024
const SUMMARY_ADVICE =
  'For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary'

/** The folders that a runner gives to a job; they exist while a step runs. */
export class JobFolders {
  readonly workspace: string
  readonly temp: string
  readonly home: string
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
    this.workspace = join(root, 'work', 'payments', 'payments')
    this.temp = join(root, 'temp')
    this.home = join(root, 'home')
  }

  /** `files`: text by path in the workspace. */
  static async open(files: Readonly<Record<string, string>> = {}): Promise<JobFolders> {
    const place = new JobFolders(await mkdtemp(join(tmpdir(), 'model-runner-')))
    for (const folder of [place.workspace, place.home, join(place.temp, '_runner_file_commands')])
      await mkdir(folder, { recursive: true })
    await writeFile(join(place.temp, 'event.json'), '{}')
    for (const [name, text] of Object.entries(files)) {
      const path = join(place.workspace, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
    return place
  }

  async close(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Creates new, empty files for one stage. */
  async files(os: Os): Promise<StageFiles> {
    const suffix = randomUUID()
    const name = (file: FileCommand) =>
      join(this.temp, '_runner_file_commands', `${PREFIXES[file]}_${suffix}`)
    const made = Object.fromEntries(FILES.map(file => [file, name(file)])) as Record<FileCommand, string>
    for (const path of Object.values(made)) await writeFile(path, '')
    return new StageFiles(made, os)
  }
}

/** The files behind GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY. */
export class StageFiles {
  readonly env: Record<string, string>
  /** As uploaded: masked, with LF line ends; empty if there is none or it was too large. */
  summary = ''
  readonly #paths: Record<FileCommand, string>
  readonly #os: Os

  constructor(paths: Record<FileCommand, string>, os: Os) {
    this.#paths = paths
    this.#os = os
    this.env = Object.fromEntries(FILES.map(file => [`GITHUB_${file.toUpperCase()}`, paths[file]]))
  }

  /** Reads them all into `log`, however the process ended. One that cannot be read fails the step, but the others count. */
  async process(log: JobLog, masks: Masks): Promise<void> {
    for (const file of FILES) {
      const content = await readFile(this.#paths[file]).catch(() => undefined)
      if (!content) continue
      try {
        this.#processOne(file, content, log, masks)
      } catch (error) {
        log.fail(`file command '${file}'`, (error as Error).message)
      }
    }
  }

  #processOne(file: (typeof FILES)[number], content: Buffer, log: JobLog, masks: Masks) {
    const text = content.toString('utf8').replace(/^\uFEFF/, '')
    if (file === 'path') for (const folder of paths(text)) log.path.add(folder)
    else if (file === 'step_summary') this.summary = uploaded(content.length, text, log, masks)
    else for (const [key, value] of pairs(text, this.#os === 'Windows')) keep(file, key, value, log)
  }
}

function keep(file: 'env' | 'state' | 'output', key: string, value: string, log: JobLog) {
  if (file === 'state') {
    setIgnoringCase(log.state, key, value)
  } else if (file === 'env') {
    if (key.toUpperCase() === 'NODE_OPTIONS')
      log.annotate('error', "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
    else log.env.set(key, value)
  } else {
    if (key === '') throw new Error("Value cannot be null. (Parameter 'name')")
    setIgnoringCase(log.outputs, key, value)
  }
}

function uploaded(bytes: number, text: string, log: JobLog, masks: Masks): string {
  if (bytes <= SUMMARY_LIMIT_BYTES)
    return lines(text)
      .map(line => `${masks.apply(line)}\n`)
      .join('')
  const size = (count: number) => `${Math.floor(count / 1024)}k`
  log.annotate(
    'error',
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${size(SUMMARY_LIMIT_BYTES)}, got ${size(bytes)}. ${SUMMARY_ADVICE}`
  )
  return ''
}
