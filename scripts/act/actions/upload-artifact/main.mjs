import { cpSync } from 'node:fs'
import { join } from 'node:path'

const { ARTIFACTS, INPUT_NAME, INPUT_PATH } = process.env
cpSync(INPUT_PATH, join(ARTIFACTS, INPUT_NAME), { recursive: true })
