import * as Flags from '@oclif/core/flags'
import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {pairsFlag, recordOf} from '../../cli/flags.js'
import {listKeys} from '../../domain/keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysList extends ApigwCommand {
  static override summary = 'List the API keys of the account and Region, without their values'
  static override examples = [
    '<%= config.bin %> keys list --plan gold',
    '<%= config.bin %> keys list --disabled --output id | <%= config.bin %> keys enable -',
  ]
  static override flags = {
    plan: Flags.string({char: 'p', description: 'only keys on this usage plan', helpValue: 'PLAN'}),
    name: Flags.string({description: 'only names that begin so; letter case counts', helpValue: 'PREFIX'}),
    'customer-id': Flags.string({description: 'only keys of this customer', helpValue: 'ID'}),
    tag: pairsFlag({description: 'only keys with this tag'}),
    enabled: Flags.boolean({description: 'only enabled keys', exclusive: ['disabled']}),
    disabled: Flags.boolean({description: 'only disabled keys'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(KeysList)
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const enabled = flags.disabled ? false : flags.enabled || undefined
    const {plan, name, 'customer-id': customerId} = flags
    await this.list(listKeys(keys, plans, {plan, name, customerId, enabled, tags: recordOf(flags.tag)}), keyView)
  }
}
