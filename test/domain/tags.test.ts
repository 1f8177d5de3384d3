import {expect, test} from 'vitest'
import {Problem} from '../../src/domain/problem.js'
import {changedTags, hasTags, retag, tagChangeFor, tagChangeText} from '../../src/domain/tags.js'

test('only what is not so already is left to do', () => {
  const tags = {team: 'shop', tier: 'free'}
  expect(tagChangeFor(tags, {set: {team: 'shop'}, remove: ['owner']})).toBeUndefined()
  const change = tagChangeFor(tags, {set: {team: 'app', tier: 'free'}, remove: ['tier', 'owner'].slice(1)})
  expect(change).toEqual({set: {team: 'app'}, remove: []})
  expect(changedTags(tags, {set: {team: 'app'}, remove: ['tier']})).toEqual({team: 'app'})
  expect(tagChangeText({set: {team: 'app'}, remove: ['tier']})).toBe('tag team=app, no tag tier')
})

test('a tag cannot be set and taken away at once', () => {
  expect(() => tagChangeFor({}, {set: {team: 'app'}, remove: ['team']})).toThrow(
    expect.objectContaining({kind: 'usage'}),
  )
})

test('a filter by tags wants all of them, value and all', () => {
  expect(hasTags({a: '1', b: '2'}, {a: '1', b: '2'})).toBe(true)
  expect(hasTags({a: '1', b: '2'}, {a: '1', b: '3'})).toBe(false)
  expect(hasTags({}, {})).toBe(true)
})

test('when the tags cannot be changed, the rest is said to be done', async () => {
  const refuse = async () => {
    throw new Problem('denied', 'not allowed')
  }
  await expect(retag({tags: {}}, {set: {a: '1'}, remove: []}, refuse)).rejects.toMatchObject({
    kind: 'denied',
    message: 'The tags could not be changed: not allowed',
    hint: expect.stringContaining('All else that was asked for is done.'),
  })
})
