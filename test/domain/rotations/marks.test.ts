import {expect, test} from 'vitest'
import type {ApiKey} from '../../../src/domain/keys.js'
import {
  goingName,
  graceEnd,
  hasRoomForMarks,
  momentText,
  ownTags,
  properName,
} from '../../../src/domain/rotations/marks.js'

const key = (name: string | undefined, tags: Record<string, string> = {}): ApiKey => ({
  id: 'k',
  name,
  enabled: true,
  tags,
})

test('a key hands on its tags, but no mark of a rotation and none that only AWS may set', () => {
  const tags = {
    team: 'shop',
    'aws:cloudformation:stack-name': 'pets',
    'apigw:replaces': 'a',
    'apigw:replaced-by': 'b',
    'apigw:grace-ends': '2026-11-30T00:00:00Z',
  }
  expect(ownTags(tags)).toEqual({team: 'shop'})
})

// Developer Guide, "API Gateway resources that can be tagged": 50 tags; those of AWS do not count.
test('there is room for the marks up to the fiftieth tag', () => {
  const tags = (count: number) => Object.fromEntries(Array.from({length: count}, (_, i) => [`tag${i}`, '']))
  expect([48, 49].map(count => hasRoomForMarks(key('mobile', tags(count))))).toEqual([true, false])
  expect(
    hasRoomForMarks(key('mobile', {...tags(48), 'aws:a': 'b', 'apigw:grace-ends': 'x', 'apigw:replaced-by': 'y'})),
  ).toBe(true)
})

test('a key keeps a name of its own that only looks like one of a rotation', () => {
  const name = 'mobile (until 2026-11-30)'
  expect(properName(key(name))).toBe(name)
  expect(properName(key(name, {'apigw:grace-ends': '2026-11-30T00:00:00Z'}))).toBe('mobile')
  expect(properName(key('mobile (next)', {'apigw:replaces': 'a'}))).toBe('mobile')
  expect(properName(key(undefined, {'apigw:replaces': 'a'}))).toBeUndefined()
})

test('the end of a grace is a UTC day in the name and a second in the tag, and what somebody else writes there is read', () => {
  const end = new Date('2026-11-30T23:30:00.000Z')
  expect(goingName('mobile', end)).toBe('mobile (until 2026-11-30)')
  expect(momentText(end)).toBe('2026-11-30T23:30:00Z')
  expect(graceEnd(key('mobile', {'apigw:grace-ends': '2026-12-01'}))).toEqual(new Date('2026-12-01T00:00:00Z'))
  expect(graceEnd(key('mobile', {'apigw:grace-ends': 'soon'}))).toBeUndefined()
  expect(graceEnd(key('mobile'))).toBeUndefined()
})
