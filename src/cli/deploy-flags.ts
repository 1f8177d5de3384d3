import * as Flags from '@oclif/core/flags'
import {diffFlags} from './diff-flags.js'
import {pairsFlag} from './flags.js'

const exitCodeFlag = Flags.boolean({
  description: 'exit with 8 when something would be done',
  dependsOn: ['dry-run'],
})

/** How to wait until a stage serves what it was told to. */
export const waitFlags = {
  wait: Flags.boolean({description: 'wait until the stage answers, as long as --max-wait says'}),
  probe: Flags.string({
    description: 'call this while waiting, until its status is below 400, instead of what does no harm',
    helpValue: "'GET /health'",
    dependsOn: ['wait'],
  }),
}

/** What `rollback` takes besides the stage. */
export const rollbackFlags = {
  to: Flags.string({description: 'the deployment', default: 'previous', helpValue: 'ID|previous'}),
  force: Flags.boolean({description: 'end a canary that gets requests in the same step'}),
  'temporary-stage': diffFlags['temporary-stage'],
  'exit-code': exitCodeFlag,
  ...waitFlags,
}

/** What `deploy` takes besides the stage. */
export const deployFlags = {
  description: Flags.string({char: 'd', description: 'what the deployment is about', helpValue: 'TEXT'}),
  var: pairsFlag({description: 'set a stage variable; the others are kept'}),
  force: Flags.boolean({description: 'deploy although nothing is different'}),
  'exit-code': exitCodeFlag,
  ...waitFlags,
}
