import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {Prompt} from '../../src/cli/prompt.js'
import {quoted} from '../../src/domain/quoting.js'

const signal = new AbortController().signal

function promptOn({
  tty = true,
  allowed = true,
  env = {},
}: {
  tty?: boolean
  allowed?: boolean
  env?: Record<string, string>
}) {
  const stream = () => Object.assign(new PassThrough(), {isTTY: tty})
  return new Prompt({stdin: stream(), stdout: stream(), stderr: stream(), env, cwd: '/'}, allowed, signal)
}

test('asks only where somebody can answer', () => {
  expect(promptOn({}).isInteractive).toBe(true)
  expect(promptOn({tty: false}).isInteractive).toBe(false)
  expect(promptOn({allowed: false}).isInteractive).toBe(false)
  expect(promptOn({env: {CI: 'true'}}).isInteractive).toBe(false)
})

test('where nobody can answer, the missing flag is named and the choices are listed', async () => {
  const prompt = promptOn({tty: false})
  const choices = [
    {name: 'petstore (a1)', value: 'a1'},
    {name: 'orders\n\x1b[31m (b2)', value: 'b2'},
  ]
  await expect(prompt.choose({message: 'Which API?', flag: '--api NAME', choices})).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('--api NAME'),
    hint: 'Choices: petstore (a1), orders\\n\\x1b[31m (b2)',
  })
  await expect(prompt.confirm({message: 'Go on?', yes: false})).rejects.toMatchObject({
    message: expect.stringContaining('--yes'),
  })
  await expect(prompt.confirmName({message: 'Delete it?', name: 'my api', given: undefined})).rejects.toMatchObject({
    message: expect.stringContaining("--confirm 'my api'"),
  })
})

test('an answer given as a flag is taken, a wrong name is not', async () => {
  const prompt = promptOn({tty: false})
  await expect(prompt.confirm({message: 'Go on?', yes: true})).resolves.toBeUndefined()
  await expect(prompt.confirmName({message: 'Delete?', name: 'petstore', given: 'petstore'})).resolves.toBeUndefined()
  await expect(prompt.confirmName({message: 'Delete?', name: 'petstore', given: 'petsore'})).rejects.toMatchObject({
    kind: 'usage',
  })
  await expect(prompt.confirmName({message: 'Delete 12 keys?', name: '12', given: '2'})).rejects.toMatchObject({
    message: '--confirm is "2", but has to be "12".',
    hint: 'To go on: --confirm 12',
  })
})

test('words are quoted as a shell needs them', () => {
  expect(quoted('petstore:prod')).toBe('petstore:prod')
  expect(quoted("it's mine")).toBe(`'it'\\''s mine'`)
})
