import {expect, test} from 'vitest'
import {type ApiKey, KeyValue} from '../../../../src/domain/keys.js'
import {addressesFrom} from '../../../../src/domain/logs/filters/addresses.js'
import {type FilterLookup, resolveFilter} from '../../../../src/domain/logs/filters/wish.js'

const key = (id: string, name: string): ApiKey => ({id, name, enabled: true, tags: {}})
const KEYS = [key('abcdefghij', 'mobile'), key('klmnopqrst', 'twin'), key('uvwxyzabcd', 'twin')]

const lookup: FilterLookup = {
  keys: async () => ({
    async *list({name = ''}) {
      yield* KEYS.filter(each => each.name?.startsWith(name))
    },
    get: async id => ({
      ...key(id, 'mobile'),
      value: new KeyValue(`0123456789012345678901234567890123${id.slice(0, 6)}`),
    }),
  }),
  addresses: () => ({own: async () => '198.51.100.7'}),
}

test.each([['mobile'], ['abcdefghij']])('a key by name or id, %s, is known by the end of its value', async ref => {
  expect(await resolveFilter({key: ref}, lookup)).toMatchObject({
    key: {id: 'abcdefghij', name: 'mobile', ending: 'abcdef'},
  })
})

test('a name that two keys have, and one that none has, is said so', async () => {
  await expect(resolveFilter({key: 'twin'}, lookup)).rejects.toMatchObject({kind: 'usage'})
  await expect(resolveFilter({key: 'nope'}, lookup)).rejects.toMatchObject({kind: 'missing'})
})

test('the own address is one among others', async () => {
  const range = addressesFrom('203.0.113.0/24')
  expect((await resolveFilter({addresses: [range, 'self']}, lookup)).addresses).toEqual([
    range,
    addressesFrom('198.51.100.7'),
  ])
})

test('nobody is asked for what was not wished', async () => {
  const nobody: FilterLookup = {
    keys: () => expect.unreachable(),
    addresses: () => expect.unreachable(),
  }
  expect(await resolveFilter({errors: true, addresses: [addressesFrom('::1')]}, nobody)).toMatchObject({errors: true})
})
