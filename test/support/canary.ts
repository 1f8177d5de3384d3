import type {SandboxOptions} from '../../src/sandbox/server.js'
import {furnish, twoEditions} from './two-editions.js'

/**
 * The stage `prod` on the old edition of the petstore, with everything set that can be, and the API edited to the new
 * one. Which requests are the canary's is decided by `draw.next`, from 0 to 1: by 0 all are for which it has a share.
 */
export async function readyForCanary(options: SandboxOptions = {}) {
  const draw = {next: () => Math.random()}
  const world = await twoEditions({random: () => draw.next(), ...options})
  const {apigateway, restApiId} = world
  const {id: base = ''} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await furnish(world, 'prod')
  await world.edit('new')
  return {
    ...world,
    draw,
    base,
    stage: () => apigateway.getStage({restApiId, stageName: 'prod'}),
    /** Which edition answers, and what it sees of the stage, for as many requests. */
    answers: (count: number) => inTurn(count, async () => (await world.served('prod')) as {from: string; mode: string}),
  }
}

/** The same, with a canary that serves the new edition. */
export async function withCanary(
  canarySettings: {percentTraffic: number; stageVariableOverrides?: Record<string, string>; useStageCache?: boolean},
  options: SandboxOptions = {},
) {
  const world = await readyForCanary(options)
  const {apigateway, restApiId} = world
  const {id: canary = ''} = await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})
  return {...world, canary}
}

async function inTurn<Answer>(count: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let i = 0; i < count; i++) answers.push(await ask())
  return answers
}
