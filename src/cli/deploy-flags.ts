import * as Flags from '@oclif/core/flags'
import {pairsFlag} from './flags.js'

/** How to wait until a stage serves what it was told to. */
export const waitFlags = {
  wait: Flags.boolean({description: 'wait until the stage answers, as long as --max-wait says'}),
  probe: Flags.string({
    description: 'call this while waiting, until its status is below 400, instead of what does no harm',
    helpValue: "'GET /health'",
    dependsOn: ['wait'],
  }),
}

/** What `deploy` takes besides the stage. */
export const deployFlags = {
  description: Flags.string({char: 'd', description: 'what the deployment is about', helpValue: 'TEXT'}),
  var: pairsFlag({description: 'set a stage variable; the others are kept'}),
  force: Flags.boolean({description: 'deploy although nothing is different'}),
  'exit-code': Flags.boolean({
    description: 'end with 8 if something would be done',
    dependsOn: ['dry-run'],
  }),
  ...waitFlags,
}
