import * as Args from '@oclif/core/args'
import {openKeys} from '../../aws/keys.js'
import {openLocation} from '../../aws/location.js'
import {openOpeningLookup} from '../../aws/openings.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {rotationFlags, valueFlags} from '../../cli/key-flags.js'
import {keyValueFrom, revealed} from '../../domain/keys.js'
import {openingOf} from '../../domain/openings.js'
import {rotateKey} from '../../domain/rotations/rotate.js'
import {openingNote} from '../../views/keys.js'
import {rotatedKeyView, rotationNote} from '../../views/rotations.js'

export default class KeysRotate extends ApigwCommand {
  static override summary = 'Put a new API key in the place of one that goes on working for a while'
  static override examples = ['<%= config.bin %> keys rotate mobile --grace 7d']
  static override args = {key: Args.string({description: 'API key, by name or id'})}
  static override flags = {...rotationFlags, ...valueFlags, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysRotate)
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const ref = args.key ?? (await this.prompt.text({message: 'Which key?', flag: 'KEY'}))
    const value = flags['value-stdin'] ? keyValueFrom(String(await this.readInput('-', 1024))) : undefined
    const request = {ref, grace: flags.grace ?? '7d', value, isForced: flags.force}
    const rotated = await this.carryOut(await rotateKey({keys, plans, clock: this.session.clock}, request), flags)
    if (!rotated) return
    if (flags['value-only']) await this.print(`${rotated.value?.reveal()}\n`)
    else await this.show(flags['show-value'] ? revealed(rotated) : rotated, rotatedKeyView)
    if (this.isForPrograms) return
    const [lookup, location] = await Promise.all([openOpeningLookup(this.session), openLocation(this.session)])
    this.noteAll([openingNote(rotated, await openingOf(rotated, lookup, location)), rotationNote(rotated)])
  }
}
