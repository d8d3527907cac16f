import { ServiceError } from '../error.ts'
import { page } from '../page.ts'

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action'

export type AlarmType = 'MetricAlarm' | 'CompositeAlarm'

export interface AlarmHistoryItem {
  AlarmName: string
  AlarmType: AlarmType
  Timestamp: Date
  HistoryItemType: HistoryItemType
  HistorySummary: string
  HistoryData: string
}

export interface DescribeAlarmHistoryInput {
  AlarmName?: string
  AlarmTypes?: string[]
  HistoryItemType?: string
  StartDate?: Date
  EndDate?: Date
  MaxRecords?: number
  NextToken?: string
  ScanBy?: 'TimestampDescending' | 'TimestampAscending'
}

const MOST_RECORDS = 100

export const invalidToken = (): ServiceError =>
  new ServiceError('InvalidNextToken', 'The next token is not valid.')

/** What happened to alarms, also to those that are gone. Actions are not carried out, so none is told. */
export class AlarmHistory {
  readonly #items: AlarmHistoryItem[] = []

  add(
    alarm: Pick<AlarmHistoryItem, 'AlarmName' | 'AlarmType'>,
    at: number,
    type: HistoryItemType,
    summary: string,
    data: object
  ): void {
    this.#items.push({
      ...alarm,
      Timestamp: new Date(at),
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: JSON.stringify({ version: '1.0', ...data })
    })
  }

  /** The newest first, unless asked otherwise. @throws InvalidNextToken */
  describe(input: DescribeAlarmHistoryInput): { AlarmHistoryItems: AlarmHistoryItem[]; NextToken?: string } {
    const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType: type, StartDate, EndDate } = input
    const found = this.#items.filter(
      item =>
        (AlarmName === undefined || item.AlarmName === AlarmName) &&
        AlarmTypes.includes(item.AlarmType) &&
        (type === undefined || item.HistoryItemType === type) &&
        (!StartDate || item.Timestamp >= StartDate) &&
        (!EndDate || item.Timestamp <= EndDate)
    )
    if (input.ScanBy !== 'TimestampAscending') found.reverse()
    const { items, next } = page(found, input.NextToken, input.MaxRecords ?? MOST_RECORDS, invalidToken)
    return { AlarmHistoryItems: items, ...(next && { NextToken: next }) }
  }
}
