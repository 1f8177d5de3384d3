import {stripVTControlCharacters} from 'node:util'
import stringWidth from 'string-width'
import {expect, test} from 'vitest'
import {canaryReport} from '../../src/views/canary.js'
import {paintFor} from '../../src/views/paint.js'

const NOW = new Date('2026-11-22T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

test('the figures of a canary and its base fit in eighty columns, whatever their deployments are called', () => {
  const traffic = {requests: 14_800, clientErrors: 370, serverErrors: 15, latencyP50: 120, latencyP99: 840}
  const side = {deploymentId: 'mwmfrm', description: 'a price list with a long description', traffic}
  const text = canaryReport.text(
    {
      apiId: 'a1b2c3d4e5',
      apiName: 'petstore',
      stage: 'prod',
      percentTraffic: 30,
      useStageCache: false,
      variables: [],
      canary: {...side, createdDate: minutesAgo(15)},
      base: {...side, createdDate: minutesAgo(44_640)},
      source: 'metrics',
      since: minutesAgo(15),
      until: NOW,
      remarks: [],
    },
    {paint: paintFor(true), width: 80, now: NOW, isTerminal: true},
  )
  const rows = stripVTControlCharacters(text).split('\n').slice(1, 4)
  expect(rows.map(row => stringWidth(row)).filter(width => width > 80)).toEqual([])
  expect(rows.join('\n')).not.toContain('…')
})
