import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {valueStdinFlag} from '../../cli/key-flags.js'
import {findByValue} from '../../domain/key-values.js'
import {issuedKeyView} from '../../views/keys.js'

export default class KeysFind extends ApigwCommand {
  static override summary = 'Find the API key that has a value, and the usage plans it is on'
  static override description =
    'Reads the keys in pages of 500 until it is found: the service cannot look for values. On a terminal the value is ' +
    'asked for and not shown.'
  static override examples = [
    'pass show mobile | <%= config.bin %> keys find --value-stdin',
    '<%= config.bin %> keys find --value-stdin --output id < leaked.txt | <%= config.bin %> keys disable -',
  ]
  static override flags = {'value-stdin': {...valueStdinFlag['value-stdin'], required: true}}

  async run(): Promise<void> {
    await this.parse(KeysFind)
    const value = await this.readKeyValue()
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const {key, remarks} = await findByValue(keys, plans, value)
    await this.show(key, issuedKeyView)
    this.remark(remarks)
  }
}
