import * as Args from '@oclif/core/args'
import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {valueFlags} from '../../cli/key-flags.js'
import {describeKey, revealed} from '../../domain/keys.js'
import {issuedKeyView} from '../../views/keys.js'

export default class KeysGet extends ApigwCommand {
  static override summary = 'Show an API key and the usage plans it is on'
  static override examples = [
    '<%= config.bin %> keys get mobile',
    'curl -H "x-api-key: $(<%= config.bin %> keys get mobile --value-only)" "$(<%= config.bin %> stages url prod)"',
  ]
  static override args = {key: Args.string({description: 'API key, by name or id', required: true})}
  static override flags = {...valueFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysGet)
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const key = await describeKey(keys, plans, args.key)
    if (flags['value-only']) return this.print(`${key.value?.reveal()}\n`)
    await this.show(flags['show-value'] ? revealed(key) : key, issuedKeyView)
  }
}
