/**
 * Windows, as far as another system can play it, in a process that is loaded before its script. Node cannot send the events of a
 * console, so they come as messages; as there, one that the script does not listen to ends the process.
 */
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

const STATUS_CONTROL_C_EXIT = 0xc000013a

Object.defineProperty(process, 'platform', { value: 'win32' })
Object.defineProperty(os, 'EOL', { value: '\r\n' })
syncBuiltinESMExports()

process.on('message', signal => {
  if (!process.emit(signal, signal)) process.exit(STATUS_CONTROL_C_EXIT)
})
process.channel?.unref()
