import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openKeys} from '../../aws/keys.js'
import {openLocation} from '../../aws/location.js'
import {openOpeningLookup} from '../../aws/openings.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, namesakeFlags, onNamesakeFrom, pairsFlag, recordOf} from '../../cli/flags.js'
import {keySettingFlags, valueFlags} from '../../cli/key-flags.js'
import {issueKey} from '../../domain/issuing.js'
import {keyValueFrom, revealed} from '../../domain/keys.js'
import {openingOf} from '../../domain/openings.js'
import {choosePlans} from '../../domain/plans.js'
import {issuedKeyView, openingNote} from '../../views/keys.js'

export default class KeysCreate extends ApigwCommand {
  static override summary = 'Create an API key that works at once on the stages of its usage plans'
  static override examples = [
    '<%= config.bin %> keys create mobile --plan gold',
    'KEY=$(<%= config.bin %> keys create mobile --plan gold --value-only)',
    'pass show mobile | <%= config.bin %> keys create mobile --plan gold --value-stdin',
  ]
  static override args = {name: Args.string({description: 'name of the key'})}
  static override flags = {
    plan: Flags.string({char: 'p', description: 'put the key on a usage plan', helpValue: 'PLAN', multiple: true}),
    ...keySettingFlags,
    tag: pairsFlag({description: 'set a tag'}),
    'value-stdin': Flags.boolean({description: 'read the value from stdin, 20 to 128 characters'}),
    ...valueFlags,
    disabled: Flags.boolean({description: 'create the key disabled'}),
    ...namesakeFlags,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysCreate)
    const {plan, description, disabled, 'customer-id': customerId} = flags
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const name = args.name ?? (await this.prompt.text({message: 'Name of the key?', flag: 'NAME'}))
    const onto = plan ?? (args.name === undefined ? await choosePlans(plans, this.choose) : [])
    if (args.name === undefined) this.noteEquivalent([name, ...(plan ? [] : onto.flatMap(one => ['--plan', one]))])
    const value = flags['value-stdin'] ? keyValueFrom(await this.readKeyValue()) : undefined
    const rest = {
      value,
      description,
      customerId,
      enabled: !disabled,
      tags: recordOf(flags.tag),
      onNamesake: onNamesakeFrom(flags),
    }
    const issued = await this.carryOut(await issueKey(keys, plans, {name, plans: onto, ...rest}), flags)
    if (!issued) return
    if (flags['value-only']) await this.print(`${issued.value?.reveal()}\n`)
    else await this.show(flags['show-value'] ? revealed(issued) : issued, issuedKeyView)
    if (this.isForPrograms) return
    const [lookup, location] = await Promise.all([openOpeningLookup(this.session), openLocation(this.session)])
    this.note(openingNote(issued, await openingOf(issued, lookup, location)))
  }
}
