import {expect, test} from 'vitest'
import StagesList from '../../src/commands/stages/list.js'
import {apigw} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

test('stages list shows the stages with what they serve, as columns in a pipe', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod', stageDescription: 'live'})
  const {stdout, exitCode} = await apigw(StagesList, ['--api', 'petstore'], {on: sandbox})
  expect(stdout).toMatch(new RegExp(`^prod\t${id}\t\\d{4}-[^\t]+Z\tlive\n$`))
  expect(exitCode).toBe(0)
})

test('an API without stages is not a failure: the sentence names deploy', async () => {
  const {sandbox} = await petstore()
  const {stdout, stderr, exitCode} = await apigw(StagesList, ['--api', 'petstore'], {on: sandbox, tty: true})
  expect(stdout).toBe('')
  expect(stderr).toContain('apigw deploy --stage')
  expect(exitCode).toBe(0)
})
