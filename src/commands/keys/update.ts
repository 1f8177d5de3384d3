import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openKeys} from '../../aws/keys.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, tagChangeFlags, tagChangeFrom} from '../../cli/flags.js'
import {keySettingFlags} from '../../cli/key-flags.js'
import {updateKey} from '../../domain/keys.js'
import {keyDetailView} from '../../views/keys.js'

export default class KeysUpdate extends ApigwCommand {
  static override summary = 'Change the name, description, customer or tags of an API key'
  static override description =
    'The value of a key cannot be changed. To switch it on or off: keys enable, keys disable.'
  static override examples = [
    '<%= config.bin %> keys update mobile --description "Android app" --tag team=shop',
    '<%= config.bin %> keys update mobile --untag team --description ""',
  ]
  static override args = {key: Args.string({description: 'API key, by name or id', required: true})}
  static override flags = {
    name: Flags.string({description: 'new name', helpValue: 'NAME'}),
    ...keySettingFlags,
    ...tagChangeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysUpdate)
    const {name, description, 'customer-id': customerId} = flags
    const change = {name, description, customerId}
    const plan = await updateKey(await openKeys(this.session), args.key, change, tagChangeFrom(flags))
    const updated = await this.carryOut(plan, flags)
    if (updated) await this.show(updated, keyDetailView)
  }
}
