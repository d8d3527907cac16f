import { describe, expect, test } from '@jest/globals'
import { causeOfEnd } from '../../src/watch/cause.ts'
import { seen, subject, view } from '../deployment/observations.ts'

/** What is said about a deployment that CodeDeploy stopped with this message; of `alarms`, some were `missing` when the release began. */
function said(message: string, alarms: readonly string[], missing?: readonly string[]): string {
  const observation = seen({ deployment: view('Stopped', { error: { code: 'ALARM_ACTIVE', message } }) })
  return causeOfEnd(observation, subject({ alarms, ...(missing && { missingAlarms: missing }) })).what
}

const sentence = (list: string) =>
  `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${list}`
const recorded = (names: readonly string[]) => sentence(names.map(name => `<${name}>`).join(' '))
/** Nobody has seen this one. */
const together = (names: readonly string[]) => sentence(`<${names.join(', ')}>`)

describe.each([
  { form: 'each between brackets of its own, as recorded', messageOf: recorded },
  { form: 'all between the same brackets', messageOf: together }
])('when AWS names the alarms, $form,', ({ messageOf }) => {
  test.each<{ name: string; alarms: string[]; missing?: string[]; named: string[]; what: string }>([
    {
      name: 'the one that went off is named',
      alarms: ['payments-errors', 'payments-latency'],
      named: ['payments-errors'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'several that went off are named',
      alarms: ['payments-errors', 'payments-latency', 'payments-cost'],
      named: ['payments-errors', 'payments-latency'],
      what: 'Alarms payments-errors, payments-latency went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one that we do not know is named as well',
      alarms: ['payments-errors', 'payments-latency'],
      named: ['slow', 'payments-errors'],
      what: 'Alarms payments-errors, slow went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one that we do not know is named between two that we do',
      alarms: ['payments-errors', 'payments-latency'],
      named: ['payments-errors', 'slow', 'payments-latency'],
      what: 'Alarms payments-errors, payments-latency, slow went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one that we do not know is named alone',
      alarms: ['alarms'],
      named: ['payments-errors'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one is named though we know no names',
      alarms: [],
      named: ['payments-errors'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'another is not whose name is a part of its name or of the sentence',
      alarms: ['payments', 'errors', 'payments-errors', 'alarms'],
      named: ['payments-errors'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one is named beside the one whose name is a part of its name',
      alarms: ['payments', 'payments-errors', 'slow'],
      named: ['payments-errors', 'payments'],
      what: 'Alarms payments, payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'a name that contains a comma is whole',
      alarms: ['late', 'errors, late', 'errors', 'slow'],
      named: ['errors, late', 'slow'],
      what: 'Alarms errors, late, slow went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'a name that contains brackets is whole',
      alarms: ['errors <5xx>', '5xx'],
      named: ['errors <5xx>'],
      what: 'Alarm errors <5xx> went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one that did not exist was not found',
      alarms: ['payments-errors', 'payments-latency'],
      missing: ['payments-latency'],
      named: ['payments-latency'],
      what: 'CodeDeploy stopped the deployment because of alarm payments-latency, which was not found when the release began.'
    },
    {
      name: 'several that did not exist were not found',
      alarms: ['payments-errors', 'payments-latency'],
      missing: ['payments-errors', 'payments-latency'],
      named: ['payments-errors', 'payments-latency'],
      what: 'CodeDeploy stopped the deployment because of alarms payments-errors, payments-latency, which were not found when the release began.'
    },
    {
      name: 'one that did not exist is left out beside one that went off',
      alarms: ['payments-errors', 'payments-latency'],
      missing: ['payments-latency'],
      named: ['payments-errors', 'payments-latency'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'one that did not exist is left out beside one that we do not know',
      alarms: ['payments-latency'],
      missing: ['payments-latency'],
      named: ['payments-errors', 'payments-latency'],
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    }
  ])('$name', ({ alarms, missing, named, what }) => {
    expect(said(messageOf(named), alarms, missing)).toBe(what)
  })
})

describe('the alarm that stopped a deployment is named', () => {
  test.each<{ name: string; alarms: string[]; missing?: string[]; message: string; what: string }>([
    {
      name: 'by each of the names in brackets when we know none of them',
      alarms: [],
      message: recorded(['payments-errors', 'late, slow']),
      what: 'Alarms payments-errors, late, slow went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'once when AWS names it twice',
      alarms: [],
      message: recorded(['payments-errors', 'payments-errors']),
      what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'by its whole name when the message has another form',
      alarms: ['payments', 'errors (p95)', 'payments errors (p95)'],
      message: 'Alarm "payments errors (p95)" is on.',
      what: 'Alarm payments errors (p95) went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'as one of those in force when the message has changed',
      alarms: ['payments-errors', 'payments-latency'],
      message: 'An alarm was breached.',
      what: 'One of the alarms payments-errors, payments-latency went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'as an alarm of the group when nothing is known',
      alarms: [],
      message: '',
      what: 'An alarm of the deployment group went off, so CodeDeploy stopped the deployment.'
    },
    {
      name: 'as not found when none of those in force existed and the message has changed',
      alarms: ['payments-errors', 'payments-latency'],
      missing: ['payments-errors', 'payments-latency'],
      message: 'An alarm was breached.',
      what: 'CodeDeploy stopped the deployment because of alarms payments-errors, payments-latency, which were not found when the release began.'
    }
  ])('$name', ({ alarms, missing, message, what }) => {
    expect(said(message, alarms, missing)).toBe(what)
  })
})
