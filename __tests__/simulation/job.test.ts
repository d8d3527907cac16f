import { describe, expect, test } from '@jest/globals'
import { RecordingJob } from '../../simulation/play/job.ts'

const job = (may = true) =>
  new RecordingJob(
    'main',
    {},
    () => may,
    () => {},
    () => 0
  )

describe('the recording job reads back what it prints, as the runner does', () => {
  test('a line that was made inert is plain text', () => {
    const recording = job()
    recording.info('::error::not forged')
    expect(recording.forgeries).toEqual([])
    expect(recording.log.lines.map(({ text }) => text)).toEqual(['│ ::error::not forged'])
  })

  test('an annotation keeps its title and its lines', () => {
    const recording = job()
    recording.annotate('error', 'a: b, c', 'one\ntwo %0A')
    expect(recording.forgeries).toEqual([])
    expect(recording.log.annotations).toEqual([
      { level: 'error', message: 'one\ntwo %0A', properties: { title: 'a: b, c' } }
    ])
  })

  test('a killed process does nothing more', () => {
    const recording = job(false)
    recording.info('line')
    recording.annotate('error', 'title', 'message')
    recording.setOutput('outcome', 'succeeded')
    recording.saveState('run', '{}')
    expect([recording.log.lines, recording.outputs, recording.state]).toEqual([[], {}, {}])
  })
})
