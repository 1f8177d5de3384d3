import {expect, test} from 'vitest'
import {paintFor} from '../../src/views/paint.js'
import {changeView} from '../../src/views/plan.js'
import {table} from '../../src/views/table.js'

test('what a dry run says would be done is never cut', () => {
  const detail = 'all requests go to mwmfrm, instead of 50 %, and none to twbuf7, with color=blue'
  const changes = [{action: 'update', kind: 'stage', name: 'prod', detail}] as const
  const text = table([...changes], changeView, {paint: paintFor(false), width: 80, now: new Date(0)})
  expect(text).toContain(detail)
})
