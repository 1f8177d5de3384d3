import * as Args from '@oclif/core/args'
import {openKeys} from '../../aws/keys.js'
import {openLocation} from '../../aws/location.js'
import {openOpeningLookup} from '../../aws/openings.js'
import {openPlans} from '../../aws/plans.js'
import {openUsage} from '../../aws/usage.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {type FinishFlags, finishFlags, rotationFlags, valueFlags} from '../../cli/key-flags.js'
import {keyValueFrom, revealed} from '../../domain/keys.js'
import {openingOf} from '../../domain/openings.js'
import {finishQuestion, finishRotations} from '../../domain/rotations/finish.js'
import {rotateKey} from '../../domain/rotations/rotate.js'
import {openingNote} from '../../views/keys.js'
import {finishNotes, goingKeyView, rotatedKeyView, rotationNote} from '../../views/rotations.js'

export default class KeysRotate extends ApigwCommand {
  static override summary = 'Put a new API key in the place of one that goes on working for a while'
  static override description =
    'The new key has the plans, the customer and the tags of the old one, and takes its name; the old one is then called "NAME (until DATE)". Whenever this was cut off, run it again: it goes on where it stopped. Only --finish ends an old key, by a timer for instance. The end of its grace is in its tag apigw:grace-ends: set another to give it more time.'
  static override examples = [
    '<%= config.bin %> keys rotate mobile --grace 7d',
    'KEY=$(<%= config.bin %> keys rotate mobile --grace 12h --value-only)',
    '<%= config.bin %> keys rotate --finish',
    '<%= config.bin %> keys rotate --finish --delete --confirm 12',
  ]
  static override args = {key: Args.string({description: 'API key, by name or id'})}
  static override flags = {...rotationFlags, ...valueFlags, ...finishFlags, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysRotate)
    if (flags.finish) return this.#finish(args.key, flags)
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const ref = args.key ?? (await this.prompt.text({message: 'Which key?', flag: 'KEY'}))
    if (args.key === undefined) this.noteEquivalent([ref])
    const value = flags['value-stdin'] ? keyValueFrom(await this.readKeyValue()) : undefined
    const request = {ref, grace: flags.grace ?? '7d', value, isForced: flags.force}
    const rotated = await this.carryOut(await rotateKey({keys, plans, clock: this.session.clock}, request), flags)
    if (!rotated) return
    if (flags['value-only']) await this.print(`${rotated.value?.reveal()}\n`)
    else await this.show(flags['show-value'] ? revealed(rotated) : rotated, rotatedKeyView)
    if (this.isForPrograms) return
    const [lookup, location] = await Promise.all([openOpeningLookup(this.session), openLocation(this.session)])
    this.noteAll([openingNote(rotated, await openingOf(rotated, lookup, location)), rotationNote(rotated)])
  }

  async #finish(ref: string | undefined, flags: FinishFlags): Promise<void> {
    const {session} = this
    const [keys, plans, usage] = await Promise.all([openKeys(session), openPlans(session), openUsage(session)])
    const request = {ref, isDeletion: flags.delete, isForced: flags.force}
    const finishing = await finishRotations({keys, plans, usage, session}, request)
    const {plan} = finishing
    this.remark(finishNotes(finishing))
    if (plan.size === 0) return this.show([], goingKeyView)
    const isReal = flags.delete && !flags['dry-run'] && plan.changes.length > 0
    if (isReal) await this.prompt.confirmName({...finishQuestion(plan), given: flags.confirm})
    await this.carryOutAll(plan, flags, goingKeyView)
  }
}
