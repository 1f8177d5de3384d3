import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openAdmission} from '../../aws/admission.js'
import {ApigwCommand} from '../../cli/command.js'
import {EXIT_CODES} from '../../cli/failure.js'
import {apiFlag, stageFlag} from '../../cli/flags.js'
import {valueStdinFlag} from '../../cli/key-flags.js'
import {explainKey, isLetIn, keyRefFrom, subjectOf} from '../../domain/admission/explain.js'
import {placeFor} from '../../domain/admission/place.js'
import {parseRequestLine} from '../../domain/route-match.js'
import {admissionReport} from '../../views/admission.js'

export default class KeysExplain extends ApigwCommand {
  static override summary = 'Explain why a stage lets an API key in or not, with the command that mends it'
  static override description =
    'Goes from the key to its usage plan, what the stage serves, quota and throttles. A web ACL, a resource policy and ' +
    'authorizers are named, not judged. Exits with 0 if the key is let in, on all routes where none is named, and with 1 ' +
    'if not. Without --api or --stage, those of the usage plans of the key are taken where there is only one.'
  static override examples = [
    '<%= config.bin %> keys explain mobile --stage prod',
    "<%= config.bin %> keys explain mobile --api petstore --stage prod --route 'GET /pets/7'",
    'pass show mobile | <%= config.bin %> keys explain --value-stdin --stage prod',
    "<%= config.bin %> keys explain mobile --stage prod --query '[?ok==`false`].command'",
  ]
  static override args = {key: Args.string({description: 'API key, by name or id'})}
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    route: Flags.string({description: 'only this one, as a client would call it', helpValue: "'METHOD PATH'"}),
    ...valueStdinFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysExplain)
    const wanted = flags.route === undefined ? undefined : parseRequestLine(flags.route, '--route')
    const ref = keyRefFrom(args.key, flags['value-stdin'] ? await this.readKeyValue() : undefined)
    const ports = await openAdmission(this.session)
    const subject = await subjectOf(ports, ref)
    const place = await placeFor(ports, subject, this.context, this.choose)
    const steps = await explainKey(ports, subject, place, wanted)
    await this.report(steps, admissionReport)
    if (!isLetIn(steps)) this.exitWith(EXIT_CODES.failed)
  }
}
